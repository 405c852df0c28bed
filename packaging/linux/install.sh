#!/bin/sh
# Install for this user only, without root. Run it from the unpacked folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
bin=$HOME/.local/bin
target=$share/strategy-explorer-app
mkdir -p "$share/applications" "$share/icons/hicolor/256x256/apps" "$share/metainfo" \
    "$share/mime/packages" "$bin"
if [ "$here" != "$target" ]; then
    rm -rf "$target.new"
    cp -R "$here" "$target.new"
    rm -rf "$target"
    mv "$target.new" "$target"
fi
ln -sf "$target/strategy-explorer" "$bin/strategy-explorer"
sed "s|^Exec=.*|Exec=\"$target/strategy-explorer\" %f|" \
    "$target/share/strategy-explorer.desktop" > "$share/applications/strategy-explorer.desktop"
cp "$target/share/strategy-explorer.png" "$share/icons/hicolor/256x256/apps/"
cp "$target/share/strategy-explorer.metainfo.xml" "$share/metainfo/"
cp "$target/share/strategy-explorer.xml" "$share/mime/packages/"
for tool in "update-desktop-database $share/applications" "update-mime-database $share/mime"; do
    command -v "${tool%% *}" > /dev/null 2>&1 && $tool > /dev/null 2>&1 || true
done
echo "Installed in $target. Start it from the menu, or with $bin/strategy-explorer"
