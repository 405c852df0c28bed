#!/bin/sh
# Remove what install.sh put in place. Workspaces and settings are left alone.
set -eu
share=${XDG_DATA_HOME:-$HOME/.local/share}
rm -f "$HOME/.local/bin/strategy-explorer" "$share/applications/strategy-explorer.desktop" \
    "$share/icons/hicolor/256x256/apps/strategy-explorer.png" \
    "$share/metainfo/strategy-explorer.metainfo.xml" \
    "$share/mime/packages/strategy-explorer.xml"
rm -rf "$share/strategy-explorer-app"
echo "Removed. Your workspaces and settings are where they were."
