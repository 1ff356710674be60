/// A function that has a gradient everywhere, to be minimised.
package protocol SmoothObjective {
  var parameterCount: Int { get }

  /// The value at `point`; the gradient there is written over `gradient`. Both have `parameterCount` numbers.
  func evaluate(_ point: [Double], gradient: inout [Double]) throws(HeadsError) -> Double
}
