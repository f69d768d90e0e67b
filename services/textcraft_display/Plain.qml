// Text that shows every character as it is: no markup, no addresses, the bundled font.
import QtQuick

Text {
    textFormat: Text.PlainText
    renderType: Text.QtRendering
    color: "white"
}
