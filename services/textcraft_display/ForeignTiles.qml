// Positioned pictures of a foreign core over its picture, by their ids; no file but a checked copy.
import QtQuick

Item {
    id: tiles
    property QtObject link
    property var shown: ({})
    readonly property int most: 64

    Component {
        id: kind
        Image {
            id: tile
            property var look
            property string key
            property bool leaving: false
            width: look.width || implicitWidth
            height: look.height || implicitHeight
            x: Math.round(look.x - look.anchor_x * width)
            y: Math.round(look.y - look.anchor_y * height)
            fillMode: Image.PreserveAspectCrop
            clip: true
            asynchronous: true
            autoTransform: true
            cache: false
            opacity: 0
            onStatusChanged: {
                if (status === Image.Ready) tiles.arrived(tile)
                if (status === Image.Error) { tiles.link.on_tile(key, false); leave(0) }
            }
            NumberAnimation {
                id: fade
                target: tile
                property: "opacity"
                onFinished: if (tile.leaving) tile.destroy()
            }

            function leave(seconds) { leaving = true; turn(0, seconds) }

            function turn(to, seconds) {
                fade.stop()
                if (seconds <= 0) { opacity = to; if (leaving) destroy(); return }
                fade.to = to
                fade.duration = seconds * 1000
                fade.start()
            }
        }
    }

    function put(look) {
        if (!shown[look.key] && Object.keys(shown).length >= most) remove(Object.keys(shown)[0], 0)
        remove(look.key, look.fade_in)
        shown[look.key] = kind.createObject(tiles, { look: look, key: look.key, source: look.source })
    }

    function arrived(tile) {
        tile.turn(1, tile.look.fade_in)
        tiles.link.on_tile(tile.key, true)
    }

    function remove(key, seconds) {
        const tile = shown[key]
        if (!tile) return
        delete shown[key]
        tile.leave(seconds)
    }

    Connections {
        target: tiles.link
        function onTile(look) { tiles.put(JSON.parse(look)) }
        function onTile_gone(key, seconds) { tiles.remove(key, seconds) }
    }
}
