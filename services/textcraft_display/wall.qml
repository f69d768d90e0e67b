// The layers of a wall, bottom to top: program, words, safe look, watermark, black, identify and test card.
// Everything comes in through the signals of `link` and goes out through its slots; no file but a checked copy.
import QtQuick

Item {
    id: wall
    required property QtObject link
    required property string family
    required property string name
    required property url safeLook
    property QtObject overlays: null  // what a foreign core lays over the picture

    property int turn: 0
    property matrix4x4 pin
    property bool pinned: false
    property real brightness: 0
    property real contrast: 0
    property string about
    readonly property bool moving: program.moving || captions.moving || safeFade.running || blackFade.running
    readonly property bool covered: safe.opacity >= 1 || black.opacity >= 1

    onMovingChanged: link.on_moving(moving)

    // Beneath a picture that covers it the ground would be tested against it, pixel by pixel.
    Rectangle { anchors.fill: parent; color: "black"; visible: wall.pinned || !program.visible || !program.covers }

    Item {
        id: pinnedArea
        anchors.fill: parent
        clip: wall.pinned
        transform: Matrix4x4 { matrix: wall.pinned ? wall.in_pixels(wall.pin) : Qt.matrix4x4() }

        Item {
            id: frame
            anchors.centerIn: parent
            width: wall.turn % 180 ? parent.height : parent.width
            height: wall.turn % 180 ? parent.width : parent.height
            rotation: wall.turn

            Program {
                id: program
                anchors.fill: parent
                visible: !wall.covered
                edged: wall.pinned
                upright: wall.turn % 180 === 0
                hurried: wall.moving
                brightness: wall.brightness
                contrast: wall.contrast
                onLoaded: ok => wall.link.on_loaded(ok)
            }
            Loader {
                anchors.fill: parent
                active: wall.overlays !== null
                visible: !wall.covered
                sourceComponent: Item {
                    ForeignTiles { anchors.fill: parent; link: wall.overlays }
                    Loader {
                        anchors.fill: parent
                        active: wall.overlays !== null && wall.overlays.films
                        Component.onCompleted: setSource("ForeignVideo.qml", { link: wall.overlays })
                    }
                }
            }
            Captions { id: captions; anchors.fill: parent; family: wall.family; visible: !wall.covered }

            Item {
                id: safe
                anchors.fill: parent
                visible: opacity > 0 && black.opacity < 1
                Rectangle {
                    anchors.fill: parent
                    visible: safePicture.status !== Image.Ready
                    gradient: Gradient {
                        GradientStop { position: 0; color: "#262A31" }
                        GradientStop { position: 1; color: "#121418" }
                    }
                }
                LaidPicture {
                    id: safePicture
                    anchors.fill: parent
                    visible: status === Image.Ready || (retainWhileLoading && status === Image.Loading)
                    sourceSize: Qt.size(3840, 3840)
                    source: wall.safeLook
                    edged: wall.pinned
                }
            }

            Plain {
                id: mark
                readonly property real size: Math.max(12, Math.min(frame.width, frame.height) / 40)
                anchors { right: parent.right; margins: Math.min(frame.width, frame.height) * 0.04 }
                anchors.top: captions.atTop ? undefined : parent.top
                anchors.bottom: captions.atTop ? parent.bottom : undefined
                font { family: wall.family; weight: Font.DemiBold; pixelSize: size; letterSpacing: size / 6 }
                opacity: 0.75
                style: Text.Outline
                styleColor: "#A0000000"
                width: Math.min(implicitWidth, frame.width * 0.6)
                elide: Text.ElideRight
                maximumLineCount: 1
            }

            Rectangle {
                id: black
                anchors.fill: parent
                color: "black"
                opacity: 0
                visible: opacity > 0
            }

            Loader {
                anchors.fill: parent
                active: wall.overlays !== null
                sourceComponent: ForeignTexts { family: wall.family; link: wall.overlays }
            }

            Card {
                id: card
                anchors.fill: parent
                visible: false
                family: wall.family
                name: wall.name
                edged: wall.pinned
                about: wall.about
            }
        }
    }

    Timer { id: cardTimer; onTriggered: card.visible = false }

    NumberAnimation { id: safeFade; target: safe; property: "opacity" }
    NumberAnimation { id: blackFade; target: black; property: "opacity" }

    // A layer that comes covers the one that shows; a layer beneath a closed black changes unseen. So going from one
    // cover to another never lets the program shine through.
    function fade_to(name, milliseconds) {
        const unseen = black.opacity >= 1
        if (name !== "black") fade(safeFade, safe, name === "safe_look" ? 1 : 0, unseen ? 0 : milliseconds)
        fade(blackFade, black, name === "black" ? 1 : 0, milliseconds)
    }

    function fade(animation, item, to, milliseconds) {
        animation.stop()
        if (item.opacity === to || milliseconds <= 0) { item.opacity = to; return }
        animation.to = to
        animation.duration = milliseconds
        animation.start()
    }

    function in_pixels(m) {
        const w = Math.max(1, wall.width), h = Math.max(1, wall.height)
        return Qt.matrix4x4(m.m11, m.m12 * w / h, 0, m.m14 * w,
                            m.m21 * h / w, m.m22, 0, m.m24 * h,
                            0, 0, 1, 0,
                            m.m41 / w, m.m42 / h, 0, 1)
    }

    Connections {
        target: wall.link
        function onLoad(source, width, height, seeThrough) { program.load(source, width, height, seeThrough) }
        function onGo(text, kind, seconds) {
            captions.say(text, kind === "cut" ? 0 : seconds * 1000)
            program.go(kind, seconds * 1000)
        }
        function onWords(text, seconds) { captions.say(text, seconds * 1000) }
        function onStyle(size, plate, atTop, margin) {
            captions.scaling = size
            captions.plate = plate
            captions.atTop = atTop
            captions.edge = margin
        }
        function onLayer(name, seconds) { wall.fade_to(name, seconds * 1000) }
        function onMark(text) { mark.text = text }
        function onLay(fit, crop, turn, pinned, pin) {
            program.fit = fit
            program.crop = crop
            wall.turn = turn
            wall.pin = pin
            wall.pinned = pinned
        }
        function onSafe(source) {
            safePicture.asynchronous = true  // the first one is there with the first frame, any other may take its time
            safePicture.retainWhileLoading = true
            wall.safeLook = source
        }
        function onAdjust(brightness, contrast) {
            wall.brightness = brightness
            wall.contrast = contrast
        }
        function onCard(test, about, seconds) {
            wall.about = about
            card.test = test
            card.visible = seconds > 0
            cardTimer.stop()
            if (seconds > 0) { cardTimer.interval = seconds * 1000; cardTimer.start() }
        }
    }
}
