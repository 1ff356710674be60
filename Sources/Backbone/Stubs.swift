import Tensors

public struct ParameterSpec: Hashable, Sendable {
  public let name: String
  public let shape: [Int]
  init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}
struct Parameters: Sendable {
  let digest: String
  func values(named: String) throws(BackboneError) -> [Float] { [] }
}
public enum LoadingPolicy: Sendable { case strict, partial }
public enum WeightSource: Sendable {
  case seed(UInt64)
  func load(expected: [ParameterSpec], policy: LoadingPolicy) throws(BackboneError) -> Parameters {
    Parameters(digest: "")
  }
}
public struct Preprocessing: Sendable, Hashable {
  public static let imageNetV1 = Preprocessing()
  var outputSize: (height: Int, width: Int)? { nil }
  var fields: [String: String] { [:] }
  func prepare(_ b: [UInt8], into: UnsafeMutableBufferPointer<Float>) throws(PictureFailure) {}
}
