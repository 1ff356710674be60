/// How a cache stores the numbers of its features. They are read as float32 whatever it is.
public enum StorageType: String, Hashable, Sendable, CaseIterable {
  /// As computed, 4 bytes a number.
  case float32 = "f32"
  /// IEEE 754 half precision: 11 bits of precision, magnitudes up to 65504.
  case float16 = "f16"
  /// The upper half of a float32: 8 bits of precision, float32's range.
  case bfloat16 = "bf16"
  /// Integers of -127...127 with a float32 scale a row, its largest magnitude over 127.
  case int8 = "int8"

  package var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }
}
