import Report
import Testing

@Suite struct TextTests {
  @Test func theHeadlineAnswers() {
    let first = sampleReport().text().split(separator: "\n")[0]
    #expect(
      first
        == "Linear SVM is best: 84.0 % (95 % interval 82.0 to 86.0 %); its lead over logistic regression is not "
        + "significant (McNemar p = 0.32).")
  }

  @Test func theHeadlineKnowsOtherCases() {
    func headline(_ report: ComparisonReport) -> String { String(report.text().split(separator: "\n")[0]) }
    var report = sampleReport()
    report.pairs[0].adjustedP = 0.0101
    #expect(headline(report).hasSuffix("is significant (McNemar p = 0.010 with Holm's correction)."))
    report.heads[0].accuracy = 0.84
    #expect(headline(report).hasPrefix("Logistic regression and linear SVM are level at 84.0 %"))
    report.heads = [report.heads[1]]
    #expect(headline(report) == "Linear SVM reaches 84.0 % (95 % interval 82.0 to 86.0 %).")
    report.heads[0].accuracy = .nan
    #expect(headline(report) == "No head was fitted.")
    #expect(
      headline(sampleReport(layers: ["layer3", "layer4"])).contains(
        "Linear SVM on layer3 and linear SVM on layer4"))
  }

  @Test func controlsAreJudgedByTheirIntervals() {
    var report = sampleReport()
    #expect(report.text().contains("60.0 % on random weights; no interval overlaps the best head's."))
    report.controls[0].heads[0].accuracyHigh = 0.83
    #expect(report.text().contains("60.0 % on random weights; intervals overlap with the best head's."))
  }

  @Test func columnsAlign() throws {
    var report = sampleReport()
    report.heads[0].name = "日本語\u{1B}[31m"
    report.heads[1].logLoss = .nan
    let lines = report.text().split(separator: "\n").map(String.init)
    let rule = try #require(lines.firstIndex { $0.hasPrefix("───") })
    var starts: [Int] = []
    for (index, character) in lines[rule].enumerated() where character == "─" {
      if index == 0 || Array(lines[rule])[index - 1] == " " { starts.append(index) }
    }
    #expect(starts.count == 8 || starts.count == 9)
    for line in lines[(rule - 1)...(rule + 4)] {
      // Seen as terminal columns, a gap of spaces stands before each column's start.
      let columns = line.flatMap {
        [$0] + Array(repeating: Character("x"), count: TextWidth.columns(String($0)) - 1)
      }
      for start in starts.dropFirst() where start <= columns.count {
        #expect(columns[start - 1] == " " && columns[start - 2] == " ", "column \(start) of \(line)")
      }
    }
    #expect(!report.text().unicodeScalars.contains("\u{1B}"))
    #expect(!report.text().contains("nan") && report.text().contains(" – "))
  }

  @Test func markdownIsATableThatNamesCannotBreak() throws {
    var report = sampleReport(classes: ["a", "b"])
    report.heads[0].name = "lo|gi*stic <b>\nregression"
    let lines = report.markdown().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "# Ships" && lines.last == "")
    let rows = lines.filter { $0.hasPrefix("|") }
    #expect(rows.count == 2 + 3 + 2 + 1 + 2 + 2)
    for row in rows {
      // Cells are parted by bars that are not escaped.
      let cells = row.replacing("\\|", with: "").count { $0 == "|" }
      #expect(cells == 14 || cells == 7, "\(row)")
    }
    #expect(lines.contains { $0.contains("lo\\|gi\\*stic \\<b\\> regression") })
    #expect(lines.contains { $0.contains("equal within one point") })
    #expect(lines.contains { $0.contains("84\u{A0}MB") || $0.contains("84 MB") })
  }

  @Test func thePageSaysHowSureItIs() throws {
    let tags = try MarkupReader(sampleReport().html()).tags
    #expect(tags.first { $0.name == "h1" }?.text == "Linear SVM is best: 84.0\u{A0}%.")
    #expect(
      tags.contains {
        $0.attributes["class"] == "lead"
          && $0.text.contains("Its lead over logistic regression is not significant")
      })
    let links = tags.filter { $0.name == "a" }.compactMap { $0.attributes["href"]?.dropFirst() }
    let sections = Set(tags.filter { $0.name == "section" }.compactMap { $0.attributes["id"] })
    #expect(links.count > 5 && links.allSatisfy { sections.contains(String($0)) })
    for heading in ["Can their confidence be believed", "Would more pictures help"] {
      #expect(tags.contains { $0.name == "h2" && $0.text == heading })
    }
    #expect(!tags.contains { $0.text == "Which layer serves best" })
    let several = try MarkupReader(sampleReport(layers: ["layer3", "layer4"]).html()).tags
    #expect(several.contains { $0.text == "Which layer serves best" })
  }

  @Test func anEmptyReportIsOneLine() {
    #expect(ComparisonReport(title: "x").text() == "No head was fitted.\n")
  }

  @Test(arguments: [
    (0.8333333, 1, "0.8"), (-0.04, 1, "0.0"), (0, 2, "0.00"), (1234.5, 0, "1235"), (0.05, 2, "0.05"),
    (-2.345, 1, "−2.3"), (.nan, 1, "–"), (.infinity, 1, "∞"), (9.999, 2, "10.00"),
  ]) func fixedNumbers(_ value: Double, _ decimals: Int, _ expected: String) {
    #expect(NumberFormat.fixed(value, decimals) == expected)
  }

  @Test(arguments: [
    (0.8333333, "0.8333"), (1e-5, "1e-5"), (0.001, "0.001"), (100, "100"), (128, "128"), (3e-4, "3e-4"),
    (2.5, "2.5"),
    (1e6, "1e6"), (123456, "123456"), (9.99999e-5, "1e-4"), (0, "0"), (-0.25, "−0.25"), (1e300, "1e300"),
  ]) func plainNumbers(_ value: Double, _ expected: String) {
    #expect(NumberFormat.plain(value) == expected)
  }

  @Test(arguments: [
    (0.0004, "0.4 ms"), (0.184, "184 ms"), (0.9996, "1.00 s"), (12.34, "12.3 s"), (192, "3 min 12 s"),
    (7500, "2 h 5 min"), (-1, "–"), (.nan, "–"),
  ]) func durations(_ value: Double, _ expected: String) {
    #expect(NumberFormat.seconds(value).split(separator: "\u{A0}").joined(separator: " ") == expected)
  }

  @Test(arguments: [
    (1.0659e-14, "1.1e-14"), (0.00367, "0.0037"), (190.4, "190"), (-9.96, "−10"), (0, "0"), (.nan, "–"),
  ]) func shortNumbers(_ value: Double, _ expected: String) {
    #expect(NumberFormat.short(value) == expected)
  }

  @Test(arguments: [(754_000, "754 kB"), (1_230_000, "1.2 MB"), (9_960_000, "10 MB"), (17_400_000, "17 MB")])
  func bytes(_ count: Int, _ expected: String) {
    #expect(NumberFormat.bytes(count).split(separator: "\u{A0}").joined(separator: " ") == expected)
  }

  /// What all layers have in common tells no head from another.
  @Test func headsAreNamedWithoutTheCommonPooling() {
    let common = sampleReport(layers: ["layer3:average", "layer4:average"]).text()
    #expect(common.contains("Linear SVM on layer3 and linear SVM on layer4"))
    let mixed = sampleReport(layers: ["layer3:average", "layer4:max"]).text()
    #expect(mixed.contains("Linear SVM on layer3:average and linear SVM on layer4:max"))
  }

  @Test func aLongListOfPairsEndsInASentence() {
    var report = sampleReport(layers: (0..<5).map { "layer\($0)" })
    report.pairs = report.heads.indices.flatMap { a in
      report.heads.indices.filter { $0 > a }.map { HeadPair(a: a, b: $0, mcnemarP: 0.5, onlyA: 1, onlyB: 2) }
    }
    let lines = report.markdown().split(separator: "\n").map(String.init)
    #expect(lines.count { $0.contains("undecided") } == 60)
    #expect(lines.last { $0.contains("45 more pairs were tested") } != nil)
  }

  @Test func countsAreGrouped() {
    #expect(NumberFormat.count(1752) == "1752")
    #expect(NumberFormat.count(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(NumberFormat.count(Int.min).hasPrefix("−9"))
  }
}
