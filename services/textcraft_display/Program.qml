// The program pictures, newest on top. A picture that comes while others still cross is laid over them and they go on
// beneath it, so nothing ever jumps; what lies under a picture that covers the wall is dropped.
import QtQuick

Item {
    id: program
    property string fit: "fill"
    property rect crop: Qt.rect(0, 0, 1, 1)
    property bool edged: false
    property bool upright: true
    property bool hurried: false
    property real brightness: 0
    property real contrast: 0
    readonly property bool moving: one.running || two.running || three.running || four.running
    readonly property bool covers: one.covers || two.covers || three.covers || four.covers
    property var shown: []
    property Slot next: null
    signal loaded(bool ok)

    component Place: Slot {
        id: place
        stage: program
        fit: program.fit
        crop: program.crop
        edged: program.edged
        upright: program.upright
        hurried: program.hurried
        brightness: program.brightness
        contrast: program.contrast
        onDecoded: if (place === program.next) program.loaded(place.status === Image.Ready)
        onArrived: program.drop_beneath(place)
    }
    // Properties, not children: each enters the window by itself.
    readonly property Slot one: Place {}
    readonly property Slot two: Place {}
    readonly property Slot three: Place {}
    readonly property Slot four: Place {}

    function load(source, width, height, seeThrough) {
        if (next === null) next = [one, two, three, four].find(slot => !shown.includes(slot))
        next.load(source, width, height, seeThrough)
    }

    function go(kind, milliseconds) {
        const slot = next
        next = null
        shown.push(slot)
        shown.forEach((each, index) => each.z = index)
        slot.enter(kind, milliseconds)
        if (shown.length > 3) shown[1].cover()  // one place must be free for the next; the lowest is the least seen
    }

    function drop_beneath(slot) {
        const at = shown.indexOf(slot)
        shown.slice(0, Math.max(0, at)).forEach(each => each.clear())
        shown = shown.slice(Math.max(0, at))
    }
}
