import Tensors

public struct Preprocessing: Sendable, Hashable { public static let imageNetV1 = Preprocessing()
  var outputSize: (height: Int, width: Int)? { nil }
  var fields: [String: String] { [:] }
 func prepare(_ b: [UInt8], into: UnsafeMutableBufferPointer<Float>) throws(PictureFailure) {} }
