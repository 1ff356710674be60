/// The answer in a sentence or two: which head is best, and whether that is more than luck.
struct Headline {
  let ranking: Ranking

  /// Names the best head, its accuracy and interval, and the test against the next one.
  var sentence: String {
    let heads = ranking.heads.filter { $0.accuracy.isFinite }
    guard let best = heads.first else { return "No head was fitted." }
    let value = NumberFormat.percent(best.accuracy) + Self.interval(best)
    guard heads.count > 1 else { return "\(ranking.label(best)) reaches \(value)." }
    let second = heads[1]
    let name = Self.withinSentence(ranking.label(second))
    guard best.accuracy > second.accuracy else {
      return "\(ranking.label(best)) and \(name) are level at \(value)."
    }
    var sentence = "\(ranking.label(best)) is best: \(value)"
    if let lead = lead(over: second) { sentence += "; its lead over \(lead)" }
    return sentence + "."
  }

  /// The same in two parts: what a reader must know, and how sure it is.
  var parts: (title: String, remark: String?) {
    let heads = ranking.heads.filter { $0.accuracy.isFinite }
    guard heads.count > 1, heads[0].accuracy > heads[1].accuracy else { return (sentence, nil) }
    let title = "\(ranking.label(heads[0])) is best: \(NumberFormat.percent(heads[0].accuracy))."
    var remarks: [String] = []
    if heads[0].hasInterval {
      let low = NumberFormat.fixed(heads[0].accuracyLow * 100, 1)
      remarks.append("The 95\u{A0}% interval is \(low) to \(NumberFormat.percent(heads[0].accuracyHigh)).")
    }
    if let lead = lead(over: heads[1]) { remarks.append("Its lead over \(lead).") }
    if let equals { remarks.append(equals) }
    return (title, remarks.isEmpty ? nil : remarks.joined(separator: " "))
  }

  /// `logistic regression is not significant (McNemar p = 0.32)`; nil where it was not tested.
  private func lead(over second: HeadResult) -> String? {
    guard let pair = ranking.pair(ranking.order[0], ranking.order[1]), pair.decisiveP.isFinite else {
      return nil
    }
    let verdict = pair.isSignificant ? "significant" : "not significant"
    let correction = pair.adjustedP == nil ? "" : " with Holm's correction"
    return "\(Self.withinSentence(ranking.label(second))) is \(verdict) "
      + "(McNemar \(NumberFormat.pValue(pair.decisiveP))\(correction))"
  }

  /// How many heads cannot be told from the best one, and how many surely equal it; nil where nothing was
  /// tested.
  private var equals: String? {
    let tested = ranking.order.dropFirst().compactMap { ranking.pair(ranking.order[0], $0) }
    guard tested.count > 1 else { return nil }
    let open = tested.count { !$0.isSignificant }
    let equal = tested.count { $0.isWithin(ranking.report.equivalenceMargin) }
    guard open > 0 else { return "It is significantly better than each of the others." }
    let others = open == 1 ? "one is" : "\(NumberFormat.count(open)) are"
    let margin = NumberFormat.margin(ranking.report.equivalenceMargin)
    let proven = equal == 0 ? "none is" : equal == 1 ? "one is" : "\(NumberFormat.count(equal)) are"
    return "Of the others \(others) not significantly worse; \(proven) shown to be equal within \(margin)."
  }

  /// What the controls reach, and whether their intervals touch the best head's; nil without controls.
  var controlSentence: String? {
    guard let best = ranking.heads.first, best.accuracy.isFinite else { return nil }
    let controls: [(name: String, head: HeadResult)] = ranking.report.controls.compactMap { group in
      guard let index = Ranking.sorted(group.heads).first else { return nil }
      let head = group.heads[index]
      return head.accuracy.isFinite ? (group.name, head) : nil
    }
    guard !controls.isEmpty else { return nil }
    let reached = controls.map {
      "\(NumberFormat.percent($0.head.accuracy)) on \(Self.withinSentence($0.name))"
    }
    let sentence = "The best control heads reach \(Self.listed(reached))"
    guard best.hasInterval, controls.allSatisfy({ $0.head.hasInterval }) else { return sentence + "." }
    let overlaps = controls.contains {
      $0.head.accuracyHigh >= best.accuracyLow && $0.head.accuracyLow <= best.accuracyHigh
    }
    let verdict = overlaps ? "intervals overlap with the best head's" : "no interval overlaps the best head's"
    return "\(sentence); \(verdict)."
  }

  /// `a`, `a and b`, `a, b and c`.
  static func listed(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  /// A name as it stands inside a sentence: `Linear SVM` becomes `linear SVM`, `MLP` stays.
  static func withinSentence(_ name: String) -> String {
    let start = name.prefix(2)
    guard let first = start.first, let second = start.dropFirst().first, second.isLowercase else {
      return name
    }
    return first.lowercased() + name.dropFirst()
  }

  private static func interval(_ head: HeadResult) -> String {
    guard head.hasInterval else { return "" }
    let low = NumberFormat.fixed(head.accuracyLow * 100, 1)
    return " (95\u{A0}% interval \(low) to \(NumberFormat.percent(head.accuracyHigh)))"
  }
}
