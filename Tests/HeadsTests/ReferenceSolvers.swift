import Heads
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A small problem in float64, for slow solvers that share nothing with the library's.
struct ReferenceProblem {
  /// n x d; with `intercept`, a column of it stands behind the features.
  var rows: [[Double]]
  var labels: [Int]
  var classes: Int
  /// s_i
  var weights: [Double]

  var dimension: Int { rows[0].count }

  init(_ data: LabeledFeatures, intercept: Double?, weights: [Double]? = nil) throws {
    rows = try (0..<data.count).map { index in
      try data.features.row(index).map { Double($0) } + (intercept.map { [$0] } ?? [])
    }
    labels = data.labels
    classes = data.classes.count
    self.weights = weights ?? data.weights ?? Array(repeating: 1, count: data.count)
  }

  /// x with A x = b for a positive definite A, by Cholesky's factorisation.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    let n = right.count
    var lower = matrix
    for column in 0..<n {
      for k in 0..<column { lower[column][column] -= lower[column][k] * lower[column][k] }
      lower[column][column] = lower[column][column].squareRoot()
      guard column + 1 < n else { break }
      for row in column + 1..<n {
        for k in 0..<column { lower[row][column] -= lower[row][k] * lower[column][k] }
        lower[row][column] /= lower[column][column]
      }
    }
    var x = right
    for row in 0..<n {
      for k in 0..<row { x[row] -= lower[row][k] * x[k] }
      x[row] /= lower[row][row]
    }
    for row in (0..<n).reversed() {
      for k in row + 1..<max(n, row + 1) { x[row] -= lower[k][row] * x[k] }
      x[row] /= lower[row][row]
    }
    return x
  }

  /// Newton's method with halved steps. `evaluate` gives value, gradient and Hessian at a point.
  static func newton(
    from start: [Double], _ evaluate: ([Double]) -> (value: Double, gradient: [Double], hessian: [[Double]])
  ) -> (point: [Double], value: Double) {
    var point = start
    var here = evaluate(point)
    for _ in 0..<200 {
      let direction = solve(here.hessian, here.gradient)
      let decrement = zip(direction, here.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement > 1e-28 else { break }
      var step = 1.0
      while step > 1e-10 {
        let next = zip(point, direction).map { $0 - step * $1 }
        let there = evaluate(next)
        if there.value <= here.value - 1e-4 * step * decrement || (step == 1 && decrement < 1e-18) {
          (point, here) = (next, there)
          break
        }
        step /= 2
      }
      if step <= 1e-10 { break }
    }
    return (point, here.value)
  }

  /// The minimum of scikit-learn's objective; the point holds, class by class, w and then b where there is an
  /// intercept column, which is not penalised.
  func logistic(c: Double, hasIntercept: Bool) -> (point: [Double], value: Double) {
    let outputs = classes == 2 ? 1 : classes
    let d = dimension
    let total = weights.reduce(0, +)
    let penalised = hasIntercept ? d - 1 : d
    return Self.newton(from: Array(repeating: 0, count: outputs * d)) { point in
      var value = 0.0
      var gradient = Array(repeating: 0.0, count: point.count)
      var hessian = Array(repeating: gradient, count: point.count)
      for (row, x) in rows.enumerated() {
        var z = (0..<outputs).map { k in (0..<d).reduce(0.0) { $0 + x[$1] * point[k * d + $1] } }
        if outputs == 1 { z = [0, z[0]] }
        let largest = z.max() ?? 0
        let sum = z.reduce(0) { $0 + exp($1 - largest) }
        let p = z.map { exp($0 - largest) / sum }.suffix(outputs)
        let s = weights[row] / total
        value += s * (largest + log(sum) - z[labels[row]])
        for (k, pk) in p.enumerated() {
          let target = labels[row] == (outputs == 1 ? 1 : k) ? 1.0 : 0
          for i in 0..<d { gradient[k * d + i] += s * (pk - target) * x[i] }
          for (l, pl) in p.enumerated() {
            let bend = s * pk * ((k == l ? 1 : 0) - pl)
            for i in 0..<d { for j in 0..<d { hessian[k * d + i][l * d + j] += bend * x[i] * x[j] } }
          }
        }
      }
      for k in 0..<outputs {
        for i in 0..<d {
          // A sum added to all intercepts changes nothing: some curvature makes the Hessian definite.
          let penalty = i < penalised ? 1 / (c * total) : 0
          value += 0.5 * penalty * point[k * d + i] * point[k * d + i]
          gradient[k * d + i] += penalty * point[k * d + i]
          hessian[k * d + i][k * d + i] += i < penalised ? penalty : 1e-9
        }
      }
      return (value, gradient, hessian)
    }
  }

  /// The minimum of liblinear's primal objective with the squared hinge for one class against the rest; the
  /// intercept column is penalised like the others.
  func squaredHinge(c: Double, positive: Int) -> (point: [Double], value: Double) {
    let d = dimension
    return Self.newton(from: Array(repeating: 0, count: d)) { point in
      var value = 0.5 * point.reduce(0) { $0 + $1 * $1 }
      var gradient = point
      var hessian = (0..<d).map { i in (0..<d).map { $0 == i ? 1.0 : 0 } }
      for (row, x) in rows.enumerated() {
        let y = labels[row] == positive ? 1.0 : -1
        let hinge = 1 - y * zip(x, point).reduce(0) { $0 + $1.0 * $1.1 }
        guard hinge > 0 else { continue }
        let cost = c * weights[row]
        value += cost * hinge * hinge
        for i in 0..<d {
          gradient[i] -= 2 * cost * hinge * y * x[i]
          for j in 0..<d { hessian[i][j] += 2 * cost * x[i] * x[j] }
        }
      }
      return (value, gradient, hessian)
    }
  }

  /// The minimum of liblinear's objective with the plain hinge, by its dual
  ///
  ///     1/2 a' Q a - sum_i a_i,   0 <= a_i <= C s_i
  ///
  /// with logarithmic barriers, whose strength falls until they no longer matter.
  func hinge(c: Double, positive: Int) -> (point: [Double], value: Double) {
    let y = labels.map { $0 == positive ? 1.0 : -1 }
    let upper = weights.map { c * $0 }
    let n = rows.count
    let q = (0..<n).map { i in
      (0..<n).map { j in y[i] * y[j] * zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    var alpha = upper.map { $0 / 2 }
    var barrier = 0.1
    while barrier > 1e-11 {
      (alpha, _) = Self.newton(from: alpha) { alpha in
        var value = 0.0
        var gradient = Array(repeating: 0.0, count: n)
        var hessian = q
        for i in 0..<n {
          let product = zip(q[i], alpha).reduce(0) { $0 + $1.0 * $1.1 }
          let (low, high) = (alpha[i], upper[i] - alpha[i])
          guard low > 0, high > 0 else { return (.infinity, gradient, hessian) }
          value += alpha[i] * (0.5 * product - 1) - barrier * (log(low) + log(high))
          gradient[i] = product - 1 - barrier * (1 / low - 1 / high)
          hessian[i][i] += barrier * (1 / (low * low) + 1 / (high * high))
        }
        return (value, gradient, hessian)
      }
      barrier /= 10
    }
    var point = Array(repeating: 0.0, count: dimension)
    for i in 0..<n { for j in 0..<dimension { point[j] += alpha[i] * y[i] * rows[i][j] } }
    var value = 0.5 * point.reduce(0) { $0 + $1 * $1 }
    for i in 0..<n {
      value += upper[i] * max(0, 1 - y[i] * zip(rows[i], point).reduce(0) { $0 + $1.0 * $1.1 })
    }
    return (point, value)
  }
}
