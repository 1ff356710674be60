/// The top of the page: the answer in a sentence, the measures of the comparison, the accuracy figure.
struct HeaderSection {
  let ranking: Ranking

  var markup: Markup? {
    let headline = Headline(ranking: ranking)
    let report = ranking.report
    let (title, remark) = headline.parts
    let leads = [remark, headline.controlSentence, report.lead.isEmpty ? nil : report.lead].compactMap { $0 }
    var content: [Markup] = []
    if !report.title.isEmpty { content.append(element("p", ["class": "kicker"], text: report.title)) }
    content.append(element("h1", text: title))
    content += leads.map { element("p", ["class": "lead"], text: $0) }
    content += report.notes.map { element("p", ["class": "lead"], text: "Note: " + $0) }
    if !tiles.isEmpty { content.append(element("ul", ["class": "tiles"], tiles)) }
    if !report.heads.isEmpty || report.controls.contains(where: { !$0.heads.isEmpty }) {
      let figures = [
        AccuracyFigure(ranking, layout: .wide).figure().inline(class: "only-wide"),
        AccuracyFigure(ranking, layout: .narrow).figure().inline(class: "only-narrow"),
      ]
      content.append(element("div", ["class": "card hero"], figures))
    }
    return element("header", [:], content)
  }

  /// Links to the sections, by their headings.
  static func contents(_ sections: [Markup]) -> Markup? {
    let links: [Markup] = sections.compactMap { section in
      guard case .element("section", let attributes, let children) = section,
        let id = attributes.first(where: { $0.key == "id" })?.value,
        case .element("h2", _, let heading)? = children.first
      else { return nil }
      return element("a", ["href": "#" + id], heading)
    }
    return links.count > 2 ? element("nav", ["aria-label": "Contents"], links) : nil
  }

  private var tiles: [Markup] {
    let report = ranking.report
    var facts: [(String, String)] = []
    if !report.data.classes.isEmpty {
      facts.append(
        (NumberFormat.count(report.data.classes.count), report.data.classes.count == 1 ? "class" : "classes"))
    }
    for split in report.data.splits {
      facts.append(
        (NumberFormat.count(split.rows), (split.name == "train" ? "training" : split.name) + " pictures"))
    }
    if !report.heads.isEmpty {
      facts.append((NumberFormat.count(report.heads.count), report.heads.count == 1 ? "head" : "heads"))
      let seconds = report.heads.map(\.fitSeconds).filter(\.isFinite).reduce(0, +)
      if seconds > 0 { facts.append((NumberFormat.seconds(seconds), "to choose and fit them all")) }
    }
    return facts.map { element("li", [:], [element("b", text: $0.0), element("span", text: $0.1)]) }
  }
}
