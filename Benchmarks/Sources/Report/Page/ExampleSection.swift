/// Pictures with what the head says they are, the mistakes first.
struct ExampleSection {
  /// The page holds this many pictures at most, so that a browser opens it at once.
  static let mostPictures = 120

  let report: ComparisonReport

  var markup: Markup? {
    guard !report.examples.isEmpty else { return nil }
    let shown = report.examples.prefix(Self.mostPictures)
    let groups: [(String, [ExamplePrediction])] = [
      ("Mistakes", shown.filter { $0.isCorrect == false }), ("Right", shown.filter { $0.isCorrect == true }),
      ("Without a known class", shown.filter { $0.isCorrect == nil }),
    ]
    let content = groups.filter { !$0.1.isEmpty }.flatMap { name, examples in
      [
        element("h3", ["class": "group"], text: "\(name) (\(NumberFormat.count(examples.count)))"),
        element("div", ["class": "pictures"], examples.map(figure)),
      ]
    }
    return section(
      "Pictures and predictions", id: "pictures",
      why: "A choice of pictures, so the share of mistakes here is not the head's. Bars are "
        + (shown.first?.scoreKind == .margin ? "margins, compared within each picture." : "probabilities."),
      content)
  }

  private func figure(_ example: ExamplePrediction) -> Markup {
    let predicted = report.data.className(example.predictedClass)
    let truth = example.trueClass.map { report.data.className($0) }
    let verdict = example.isCorrect.map { $0 ? "✓" : "✗" } ?? "?"
    let spoken = example.isCorrect.map { $0 ? "right: " : "wrong: " } ?? ""
    let description = truth.map { "a picture of \($0)" } ?? "a picture"
    let picture = pictureLink(example.picture).map {
      element(
        "img", ["src": $0, "alt": "\(example.key), \(description)", "loading": "lazy", "decoding": "async"])
    }
    let line = [
      element("span", ["class": "sign", "role": "img", "aria-label": spoken], text: verdict),
      element("span", [:], [element("bdi", text: predicted)]),
    ]
    let correction =
      example.isCorrect == false ? [element("div", ["class": "truth"], text: "actually \(truth ?? "")")] : []
    let caption =
      [element("div", ["class": "verdict"], line)] + correction
      + [scores(example), element("bdi", ["class": "key", "title": example.key], text: example.key)]
      .compactMap { $0 }
    return element(
      "figure", ["class": example.isCorrect == false ? "picture wrong" : "picture"],
      [
        element(
          "div", ["class": "frame"], [picture ?? element("span", ["class": "note"], text: "no picture")]),
        element("figcaption", [:], caption),
      ])
  }

  private func scores(_ example: ExamplePrediction) -> Markup? {
    let finite = example.scores.filter(\.value.isFinite).prefix(3)
    guard let largest = finite.map(\.value).max(), let least = finite.map(\.value).min() else { return nil }
    // Margins may all be negative: what counts is how far apart they are.
    let floor = least - 0.1 * (largest - least)
    let items = finite.map { score in
      let share =
        example.scoreKind == .probability
        ? score.value : largest > floor ? (score.value - floor) / (largest - floor) : 1
      let text =
        example.scoreKind == .probability
        ? NumberFormat.percent(score.value, decimals: 0) : NumberFormat.fixed(score.value, 2)
      let isFirst = score.classIndex == example.predictedClass
      return element(
        "li", [:],
        [
          element("span", ["class": "name"], text: report.data.className(score.classIndex)),
          element("span", text: text),
          meter(share, class: isFirst ? "first" : "other"),
        ])
    }
    return element("ul", ["class": "scores"], items)
  }
}
