import Report
import Testing

@Suite struct FigureTests {
  static let reports: [ComparisonReport] = [
    sampleReport(), sampleReport(classes: ["only one"]), sampleReport(classes: []),
    sampleReport(layers: [
      "layer3:average", "layer4:average", "a/very/long/layer/name/that/does/not/fit:average",
    ]),
    sampleReport(classes: (0..<24).map { "a rather long class name \($0)" }),
    sampleReport(classes: [
      "<script>alert(1)</script>", "a & b", "\"><svg onload='x'>", "日本語の名前", "a\u{0}\u{202E}b",
    ]),
    ComparisonReport(title: "empty"),
  ]

  @Test(arguments: reports.indices) func everyFigureIsWellFormed(_ index: Int) throws {
    let figures = allFigures(Self.reports[index])
    #expect(figures.count >= 5)
    for figure in figures {
      let reader = try MarkupReader(figure)
      #expect(reader.tags.first?.name == "svg")
      #expect(reader.tags.first?.attributes["xmlns"] == "http://www.w3.org/2000/svg")
      #expect(reader.tags.first?.attributes["aria-label"]?.isEmpty == false)
      #expect(
        !reader.tags.contains { $0.name == "script" || $0.attributes.keys.contains { $0.hasPrefix("on") } })
    }
  }

  @Test(arguments: reports.indices) func nothingLeavesTheBox(_ index: Int) throws {
    for figure in allFigures(Self.reports[index]) {
      let tags = try MarkupReader(figure).tags
      let width = try #require(Double(tags[0].attributes["width"] ?? "")) - 40
      let height = try #require(Double(tags[0].attributes["height"] ?? "")) - 40
      for tag in tags where tag.depth >= 2 {
        for (x, y) in corners(tag) {
          // The margin around a figure is 20 wide; nothing may use more than a little of it.
          #expect(x >= -8 && x <= width + 8, "x \(x) of \(width): \(tag)")
          #expect(y >= -8 && y <= height + 8, "y \(y) of \(height): \(tag)")
        }
      }
    }
  }

  /// The outermost points of a shape or an unrotated text, the latter by an estimate of its width.
  private func corners(_ tag: MarkupReader.Tag) -> [(Double, Double)] {
    func number(_ key: String) -> Double { Double(tag.attributes[key] ?? "") ?? 0 }
    switch tag.name {
    case "line": return [(number("x1"), number("y1")), (number("x2"), number("y2"))]
    case "rect" where tag.attributes["class"] != "paper":
      return [(number("x"), number("y")), (number("x") + number("width"), number("y") + number("height"))]
    case "circle":
      let r = number("r")
      return [(number("cx") - r, number("cy") - r), (number("cx") + r, number("cy") + r)]
    case "polyline", "polygon":
      return (tag.attributes["points"] ?? "").split(separator: " ").map { point in
        let parts = point.split(separator: ",").compactMap { Double($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : (.nan, .nan)
      }
    case "text" where tag.attributes["transform"] == nil:
      let names = (tag.attributes["class"] ?? "").split(separator: " ")
      let size = names.contains("xs") ? 9.5 : names.contains("s") ? 11.5 : names.contains("l") ? 15 : 13
      let width = TextWidth.estimate(tag.text, size: size, bold: names.contains("b")) * 0.95
      let x = number("x")
      let start =
        tag.attributes["text-anchor"] == "end"
        ? x - width : tag.attributes["text-anchor"] == "middle" ? x - width / 2 : x
      return [(start, number("y") - size * 0.7), (start + width, number("y"))]
    default: return []
    }
  }

  @Test func betterHeadsStandFartherRight() throws {
    let tags = try MarkupReader(sampleReport().accuracySVG()).tags
    // The marks of the compared heads, best first: Linear SVM, logistic regression, MLP.
    let centers = tags.filter {
      ["circle", "polygon"].contains($0.name) && $0.attributes["class"]?.hasPrefix("halo") == true
    }
    .map { tag -> Double in
      if let x = Double(tag.attributes["cx"] ?? "") { return x }
      let xs = (tag.attributes["points"] ?? "").split(separator: " ").compactMap {
        Double($0.split(separator: ",")[0])
      }
      return ((xs.min() ?? 0) + (xs.max() ?? 0)) / 2
    }
    #expect(centers.count == 3)
    #expect(centers == centers.sorted(by: >))
    let distances = [centers[0] - centers[1], centers[1] - centers[2]]
    #expect(abs(distances[1] / distances[0] - 0.031 / 0.009) < 0.05)
  }

  @Test func confusionCountsAllStand() throws {
    let tags = try MarkupReader(sampleReport().confusionSVG(head: 0)).tags
    let counts = tags.filter { $0.name == "text" }.compactMap { Int($0.text) }
    #expect(counts == [40, 1, 2, 0, 40, 2, 0, 1, 40])
    let diagonal = tags.filter { $0.name == "rect" && $0.attributes["class"] == "right" }
    #expect(diagonal.count == 3)
  }

  @Test func significanceIsMarkedOnlyWhereItIs() throws {
    let tags = try MarkupReader(sampleReport().significanceSVG()).tags
    #expect(tags.filter { $0.attributes["class"] == "right" }.count == 1)
    #expect(tags.filter { $0.attributes["class"] == "soft" }.count == 2)
    #expect(tags.contains { $0.text == "not tested" })
    #expect(tags.contains { $0.text == "p\u{A0}=\u{A0}0.32" })
  }

  /// Many heads make narrow cells, in which p stands without its name.
  @Test func narrowCellsHoldTheirText() throws {
    var report = sampleReport(layers: ["layer2", "layer3", "layer4"])
    report.pairs = report.heads.indices.flatMap { a in
      report.heads.indices.filter { $0 > a }.map {
        HeadPair(a: a, b: $0, mcnemarP: 0.0018, onlyA: 1, onlyB: 2)
      }
    }
    let texts = try MarkupReader(report.significanceSVG()).tags.filter { $0.name == "text" }.map(\.text)
    #expect(texts.count { $0 == "0.0018" } == 36 && !texts.contains { $0.hasPrefix("p") })
  }

  /// Programs that know no CSS variables draw the files, too.
  @Test func filesNeedNoVariables() {
    for figure in allFigures(sampleReport()) {
      #expect(!figure.contains("var(") && figure.contains("prefers-color-scheme:dark"))
    }
  }

  /// All heads of the sample find the same share of a class.
  @Test func equalRecallsStandApart() throws {
    let tags = try MarkupReader(sampleReport(layers: ["layer3", "layer4"]).recallSVG()).tags
    let centers = tags.filter { $0.name == "circle" || $0.name == "polygon" }.compactMap { tag in
      tag.attributes["cx"].map { "\($0) \(tag.attributes["cy"] ?? "")" } ?? tag.attributes["points"]
    }
    #expect(centers.count > 12 && Set(centers).count == centers.count)
  }

  @Test func headsWithoutCurvesHaveNoFigure() {
    let report = sampleReport()
    #expect(report.selectionSVG(head: 2) == nil)
    #expect(report.trainingSVGs(head: 0).isEmpty)
    #expect(report.trainingSVGs(head: 2).count == 2)
  }
}
