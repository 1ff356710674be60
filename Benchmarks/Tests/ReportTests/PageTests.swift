import Report
import Testing

@Suite struct PageTests {
  @Test(arguments: FigureTests.reports.indices) func thePageIsWellFormed(_ index: Int) throws {
    let tags = try MarkupReader(FigureTests.reports[index].html()).tags
    #expect(tags.first?.name == "html")
    #expect(tags.filter { $0.name == "h1" }.count == 1)
    #expect(!tags.contains { $0.name == "script" || $0.attributes.keys.contains { $0.hasPrefix("on") } })
  }

  @Test func thePageLoadsNothing() {
    let page = sampleReport().html()
    for address in ["http:", "https:", "//", "@import", "url("] {
      #expect(!page.contains(address), "\(address) in the page")
    }
  }

  @Test func hostileNamesStayText() throws {
    var report = sampleReport(classes: ["<img src=x onerror=alert(1)>", "b\"c'd", "e&f;"])
    report.title = "</title><script>alert(1)</script>"
    report.lead = "<b>lead</b>"
    report.heads[0].name = "</text><script>"
    report.heads[0].layer = "\u{1B}[31mred\u{202E}"
    report.examples[0].key = "\"><script>alert(2)</script>.jpg"
    report.provenance = [Fact("</dt>", "</dd><script>")]
    report.notes = ["<i>note</i>"]
    let page = report.html()
    let tags = try MarkupReader(page).tags
    #expect(!page.contains("<script") && !page.contains("<img src=x") && !page.contains("<b>lead"))
    #expect(tags.filter { $0.name == "img" }.count == 1)
    #expect(!page.unicodeScalars.contains("\u{1B}") && !page.unicodeScalars.contains("\u{202E}"))
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;"))
  }

  @Test func numbersAreRounded() throws {
    var report = sampleReport()
    report.heads[0].accuracy = 5.0 / 6
    report.heads[0].logLoss = .nan
    report.heads[1].recall = [1.0 / 3, .nan, 2.0 / 3]
    report.heads[2].fitSeconds = .infinity
    let tags = try MarkupReader(report.html()).tags
    let texts =
      tags.filter { $0.name != "style" }.map(\.text) + tags.compactMap { $0.attributes["aria-label"] }
    #expect(texts.contains { $0.contains("83.3\u{A0}%") })
    for text in texts {
      #expect(
        !text.contains("83333") && !text.split(separator: " ").contains("nan") && !text.contains("inf ")
          && !text.contains("Optional"))
    }
  }

  @Test func picturesAreEmbeddedWhenTheyArePictures() throws {
    var report = sampleReport()
    #expect(report.html().contains("data:image/jpeg;base64,/9j/4A=="))
    report.examples[0].picture = Array("<svg onload=alert(1)>".utf8)
    let tags = try MarkupReader(report.html()).tags
    #expect(!tags.contains { $0.name == "img" })
    #expect(tags.contains { $0.text == "no picture" })
  }

  @Test func wrongPredictionsAreMarked() throws {
    let tags = try MarkupReader(sampleReport().html()).tags
    #expect(tags.contains { $0.attributes["class"] == "picture wrong" })
    #expect(tags.contains { $0.text == "actually barge" })
    #expect(tags.contains { $0.name == "i" && $0.attributes["style"] == "width:66.12%" })
  }

  @Test func indicesWithoutAMeaningAreLeftOut() throws {
    var report = sampleReport()
    report.pairs = [
      HeadPair(a: 0, b: 99, mcnemarP: 0.01, onlyA: 1, onlyB: 2),
      HeadPair(a: -1, b: 0, mcnemarP: .nan, onlyA: 0, onlyB: 0),
    ]
    report.examples[0].predictedClass = 77
    report.heads[0].confusion = [[1, 2, 3, 4, 5], [-3], [], [9, 9, 9, 9]]
    report.heads[0].recall = [.nan, 2]
    let tags = try MarkupReader(report.html()).tags
    #expect(tags.contains { $0.text == "class 77" })
    #expect(!tags.contains { $0.text == "Which differences are real" })
  }
}
