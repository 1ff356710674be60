/// A step along a line that satisfies the strong Wolfe conditions (Nocedal and Wright, "Numerical
/// Optimization", algorithms 3.5 and 3.6, with cubic interpolation), or, where the decrease is lost in
/// rounding, Hager and Zhang's approximate ones ("A new conjugate gradient method with guaranteed descent",
/// 2005).
struct LineSearch {
  /// A point of the line: how far, the value there, the slope there.
  struct Point {
    var step: Double
    var value: Double
    var slope: Double
  }

  /// Wanted share of the decrease that the slope at the start promises.
  var sufficientDecrease = 1e-4
  /// Wanted share of the starting slope that may remain.
  var curvature = 0.9
  var evaluationLimit = 50
  /// Relative rounding error of values.
  var rounding = 1e-14

  /// A search under way: it says where to evaluate next, so that many searches can share one evaluation.
  struct Session {
    enum Outcome {
      case accepted
      /// The step to evaluate at next.
      case evaluate(Double)
      /// No step was found.
      case failed
    }

    let rule: LineSearch
    let start: Point
    private var low: Point
    private var high: Point?
    private var evaluations = 0

    /// `nil` where `start` is no descent.
    init?(_ rule: LineSearch, from start: Point) {
      guard start.slope < 0 else { return nil }
      self.rule = rule
      self.start = start
      low = start
    }

    /// What a point of the line means for the search.
    mutating func take(_ point: Point) -> Outcome {
      if rule.accepts(point, from: start) { return .accepted }
      evaluations += 1
      guard evaluations < rule.evaluationLimit else { return .failed }
      let isTooFar =
        !point.value.isFinite || !point.slope.isFinite
        || point.value > start.value + rule.sufficientDecrease * point.step * start.slope
        || point.value >= low.value
      if isTooFar {
        high = point
      } else {
        if point.slope * ((high?.step ?? .infinity) - low.step) >= 0 { high = low }
        low = point
      }
      guard let high else {
        return .evaluate(min(max(rule.extrapolate(start, point), 2 * point.step), 10 * point.step))
      }
      guard abs(high.step - low.step) > 1e-15 * max(high.step, low.step) else { return .failed }
      return .evaluate(rule.interpolate(low, high))
    }
  }

  private func accepts(_ point: Point, from start: Point) -> Bool {
    guard point.value.isFinite, point.slope.isFinite else { return false }
    let decreases = point.value <= start.value + sufficientDecrease * point.step * start.slope
    if decreases && abs(point.slope) <= -curvature * start.slope { return true }
    return point.value <= start.value + rounding * abs(start.value)
      && point.slope >= curvature * start.slope
      && point.slope <= (2 * sufficientDecrease - 1) * start.slope
  }

  /// The minimum of the cubic through two points, kept away from both ends.
  private func interpolate(_ low: Point, _ high: Point) -> Double {
    let width = high.step - low.step
    guard high.value.isFinite, high.slope.isFinite else { return low.step + 0.1 * width }
    let minimum = cubicMinimum(low, high) ?? low.step + 0.5 * width
    let share = (minimum - low.step) / width
    return low.step + min(max(share, 0.05), 0.9) * width
  }

  private func extrapolate(_ start: Point, _ point: Point) -> Double {
    cubicMinimum(start, point) ?? 10 * point.step
  }

  /// Nocedal and Wright, equation 3.59; `nil` where the cubic has no minimum.
  private func cubicMinimum(_ a: Point, _ b: Point) -> Double? {
    let width = b.step - a.step
    let first = a.slope + b.slope - 3 * (b.value - a.value) / width
    let square = first * first - a.slope * b.slope
    guard square >= 0 else { return nil }
    let second = width < 0 ? -square.squareRoot() : square.squareRoot()
    let denominator = b.slope - a.slope + 2 * second
    guard denominator != 0 else { return nil }
    let minimum = b.step - width * (b.slope + second - first) / denominator
    return minimum.isFinite ? minimum : nil
  }
}
