-- Quayside Cycle Hire, a shop that does not exist: bikes, stations, customers and their rentals.
CREATE TABLE stations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, district TEXT NOT NULL, docks INTEGER NOT NULL);
CREATE TABLE bikes (id INTEGER PRIMARY KEY, model TEXT NOT NULL, kind TEXT NOT NULL, bought_on TEXT NOT NULL, station_id INTEGER REFERENCES stations (id));
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, member INTEGER NOT NULL);
CREATE TABLE rentals (id INTEGER PRIMARY KEY, bike_id INTEGER NOT NULL REFERENCES bikes (id), customer_id INTEGER NOT NULL REFERENCES customers (id), started_on TEXT NOT NULL, hours REAL NOT NULL, price REAL NOT NULL);

INSERT INTO stations VALUES
 (1, 'Harbour', 'Old Town', 24), (2, 'Market', 'Old Town', 16), (3, 'Station Square', 'Centre', 40),
 (4, 'University', 'North', 30), (5, 'Lakeside', 'West', 12), (6, 'Hospital', 'North', 10);
INSERT INTO bikes VALUES
 (1, 'Heron', 'city', '2024-03-01', 1), (2, 'Heron', 'city', '2024-03-01', 3), (3, 'Heron', 'city', '2025-04-12', 4),
 (4, 'Kestrel', 'electric', '2025-04-12', 3), (5, 'Kestrel', 'electric', '2025-06-30', 1), (6, 'Kestrel', 'electric', '2026-02-14', NULL),
 (7, 'Stork', 'cargo', '2025-05-05', 2), (8, 'Stork', 'cargo', '2026-02-14', 3), (9, 'Wren', 'child', '2024-05-20', 5),
 (10, 'Wren', 'child', '2025-05-20', 5), (11, 'Heron', 'city', '2026-03-03', NULL), (12, 'Kestrel', 'electric', '2026-03-03', 4);
INSERT INTO customers VALUES
 (1, 'Ada Brandt', 'Lund', 1), (2, 'Bo Lindqvist', 'Malmo', 0), (3, 'Carla Ruiz', 'Lund', 1), (4, 'Dev Patel', 'Copenhagen', 0),
 (5, 'Elin Moe', 'Lund', 1), (6, 'Farid Haddad', 'Malmo', 1), (7, 'Greta Voss', 'Copenhagen', 0), (8, 'Hugo Berg', 'Ystad', 0);
INSERT INTO rentals VALUES
 (1, 1, 1, '2026-05-02', 2, 6.0), (2, 4, 2, '2026-05-02', 5, 30.0), (3, 7, 3, '2026-05-09', 3, 21.0), (4, 9, 3, '2026-05-09', 3, 7.5),
 (5, 2, 5, '2026-05-16', 1.5, 4.5), (6, 5, 6, '2026-05-23', 8, 40.0), (7, 1, 4, '2026-06-01', 4, 16.0), (8, 3, 1, '2026-06-06', 2, 6.0),
 (9, 12, 2, '2026-06-06', 6, 36.0), (10, 8, 7, '2026-06-13', 2, 18.0), (11, 10, 3, '2026-06-13', 2, 5.0), (12, 4, 6, '2026-06-20', 3, 15.0),
 (13, 2, 4, '2026-06-27', 1, 4.0), (14, 5, 1, '2026-07-04', 4, 20.0), (15, 7, 5, '2026-07-04', 6, 42.0), (16, 12, 7, '2026-07-11', 2, 12.0),
 (17, 1, 6, '2026-07-18', 3, 9.0), (18, 9, 5, '2026-07-18', 4, 10.0), (19, 3, 2, '2026-07-25', 5, 20.0), (20, 4, 3, '2026-08-01', 2, 10.0);
