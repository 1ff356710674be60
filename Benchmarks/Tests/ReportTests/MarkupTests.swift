import Report
import Testing

@Suite struct MarkupTests {
  @Test func textAndAttributesAreEscaped() {
    let source = element("span", ["title": "a\"b'<&>"], text: "</span>&\u{7}").source
    #expect(source == "<span title=\"a&quot;b&#39;&lt;&amp;&gt;\">&lt;/span&gt;&amp;\u{FFFD}</span>")
  }

  @Test func emptyElementsAreClosed() {
    #expect(element("i").source == "<i></i>")
    #expect(element("img", ["alt": ""]).source == "<img alt=\"\"/>")
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
  ])
  func base64OfTheStandard(_ plain: String, _ encoded: String) {
    #expect(base64(Array(plain.utf8)) == encoded)
  }

  @Test func picturesAreKnownByTheirBytes() {
    #expect(pictureLink([0x89, 0x50, 0x4E, 0x47, 0x0D]) == "data:image/png;base64,iVBORw0=")
    #expect(pictureLink(Array("RIFF0000WEBPVP8 ".utf8))?.hasPrefix("data:image/webp;") == true)
    #expect(pictureLink(Array("<svg/>".utf8)) == nil)
    #expect(pictureLink([]) == nil)
  }

  @Test func longTextIsCutToItsWidth() {
    let text = "a name that does not fit"
    let cut = TextWidth.fitted(text, width: 80, size: 13)
    #expect(cut.hasSuffix("…") && text.hasPrefix(cut.dropLast()))
    #expect(TextWidth.estimate(cut, size: 13) <= 80)
    #expect(TextWidth.fitted(text, width: 800, size: 13) == text)
    #expect(TextWidth.columns("日本x") == 5)
  }
}
