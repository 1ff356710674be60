import Backbone
import Testing

@Suite struct PickleAttackTests {
  private func file(_ write: (inout PickleBuilder) -> Void) -> [UInt8] { PickleBuilder.file(write) }

  @Test func honestPickleIsRead() throws {
    let read = try checkpoint(file { $0.tensor(count: 4, shape: [2, 2], strides: [1, 2]) })
    let tensor = try #require(read.tensors.first)
    #expect(read.tensors.count == 1 && tensor.name == "weight")
    #expect(tensor.type == .float32 && tensor.shape == [2, 2])
    #expect(try read.floats("weight") == [0, 0, 0, 0])
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("sys", "exit"),
    ("torch", "load"), ("torch.nn.modules.linear", "Linear"), ("torch._utils", "_rebuild_tensor_v2.x"),
  ])
  func namesOffTheListAreRefused(module: String, name: String) {
    expectRefusal(
      file {
        $0.global(module, name)
        $0.code("(")
        $0.text("echo")
        $0.code("tR")
      }, "refers to \(module).\(name)")
  }

  @Test func onlyKnownNamesAreCalled() {
    expectRefusal(
      file {
        $0.text("os.system")
        $0.code(")R")
      }, "calls something that is not a name on the list")
    expectRefusal(
      file {
        $0.global("torch", "FloatStorage")
        $0.code(")R")
      }, "not to be called")
    expectRefusal(
      file {
        $0.global("torch", "Size")
        $0.code("]R")
      }, "without arguments")
    expectRefusal(
      file {  // a subclass whose maker is itself the maker of a subclass
        $0.global("torch._tensor", "_rebuild_from_type_v2")
        $0.code("(")
        $0.global("torch._tensor", "_rebuild_from_type_v2")
        $0.global("torch", "Tensor")
        $0.code(")}tR")
      }, "unknown class")
  }

  @Test func containersAreWhatTheyAre() {
    expectRefusal(
      file {
        $0.code("]")
        $0.text("key")
        $0.code("Ns")
      }, "no dictionary")
    expectRefusal(
      file {
        $0.tensor(count: 4, shape: [4], strides: [1])
        $0.text("key")
        $0.code("Ns")
      }, "no dictionary")
    expectRefusal(file { $0.code("}Na") }, "no list")
    expectRefusal(file { $0.code(")Na") }, "no list")
    expectRefusal(file { $0.code("](NNNu") }, "no dictionary")
    expectRefusal(file { $0.code("}(NNNu") }, "without a value")
    expectRefusal(file { $0.code("]Nb") }, "sets the state")
    expectRefusal(
      file {
        $0.global("os.path", "join")
        $0.code("Nb")
      }, "refers to")
    expectRefusal(PickleBuilder.file([0x80, 2] + Array("N.".utf8)), "no dictionary of weights")
    expectRefusal(PickleBuilder.file([0x80, 2] + Array("}KaNs.".utf8)), "a key that is no name")
    expectRefusal(PickleBuilder.file(PickleBuilder.dictionary { $0.code("N") }), "weight, which is no tensor")
  }

  @Test func stackMarksAndMemoAreChecked() {
    for broken in [
      "R", "(R", "}a", "s", "u", "t", "e", "b", "Q", "q\u{0}", "(q\u{0}", "h\u{7}", "\u{0}", "i", "o",
    ] {
      let bytes = PickleBuilder.file([0x80, 2] + Array(broken.utf8) + Array(".".utf8))
      #expect(throws: BackboneError.self, "\(broken)") { _ = try checkpoint(bytes) }
    }
    expectRefusal(PickleBuilder.file([0x80, 2, 0x2e]), "empty stack")
    expectRefusal(PickleBuilder.file([0x80, 2] + Array("NN.".utf8)), "values left over")
    expectRefusal(PickleBuilder.file([0x80, 2] + Array("(N.".utf8)), "values left over")
    expectRefusal(
      PickleBuilder.file([0x80, 2] + Array("j".utf8) + [255, 255, 255, 255]), "never remembered")
    expectRefusal(PickleBuilder.file([0x80, 4, 0x95] + [UInt8](repeating: 0, count: 8)), "operation 0x95")
  }

  @Test(arguments: [
    (offset: 1, shape: [4], strides: [1]), (offset: -1, shape: [2], strides: [1]),
    (offset: 0, shape: [5], strides: [1]), (offset: 0, shape: [2, 2], strides: [3, 1]),
    (offset: 0, shape: [2], strides: [-1]), (offset: 3, shape: [2], strides: [-1]),
    (offset: 0, shape: [-1], strides: [1]), (offset: 0, shape: [2], strides: [1, 1]),
    (offset: 5, shape: [0], strides: [1]), (offset: .max, shape: [1], strides: [1]),
    (offset: .max, shape: [2], strides: [1]), (offset: 0, shape: [2], strides: [.max]),
    (offset: 0, shape: [1 << 32, 1 << 32], strides: [0, 0]), (offset: 0, shape: [.max], strides: [.max]),
    (offset: 1, shape: [2, 2, 2], strides: [.max / 2, .max / 2, 2]), (offset: .min, shape: [1], strides: [1]),
  ])
  func viewsStayInsideTheirStorage(offset: Int, shape: [Int], strides: [Int]) {
    let bytes = file { $0.tensor(count: 4, offset: offset, shape: shape, strides: strides) }
    let error = #expect(throws: BackboneError.self) { _ = try checkpoint(bytes) }
    #expect(error?.message.contains("holds a pickle that makes a tensor of") == true)
  }

  /// A dimension of one element may have any stride, since no element is that far away.
  @Test func strideOfOneElementIsFree() throws {
    let read = try checkpoint(
      file { $0.tensor(count: 4, offset: 1, shape: [1, 2, 1], strides: [.max, 2, .max]) })
    #expect(try read.floats("weight") == [0, 0])
  }

  @Test func repeatedElementsAreBounded() {
    expectRefusal(file { $0.tensor(count: 4, shape: [1 << 40], strides: [0]) }, "claims far more weights")
  }

  @Test func storagesAreWhatTheyAreDeclaredAs() {
    for count in [3, 5, 0, 1 << 60, .max, -1] {
      let bytes = file { $0.tensor(count: count, shape: [0], strides: [1]) }
      #expect(throws: BackboneError.self, "\(count) elements") { _ = try checkpoint(bytes) }
    }
    expectRefusal(file { $0.tensor(key: "1", count: 4, shape: [4], strides: [1]) }, "which no tensor uses")
    expectRefusal(
      PickleBuilder.file(
        PickleBuilder.dictionary { $0.tensor(count: 4, shape: [4], strides: [1]) }, storages: []),
      "does not hold storage 0")
    expectRefusal(
      file {
        $0.tensor(count: 4, shape: [4], strides: [1])
        $0.code("s")
        $0.text("other")
        $0.tensor(type: "HalfStorage", count: 8, shape: [8], strides: [1])
      }, "in two ways")
    expectRefusal(file { $0.code("Q") }, "without describing it")
    expectRefusal(
      file {
        $0.integers([1, 2, 3])
        $0.code("Q")
      }, "in an unknown way")
    let zeros = [UInt8](repeating: 0, count: 16)
    let pickle = PickleBuilder.dictionary { $0.tensor(count: 4, shape: [4], strides: [1]) }
    expectRefusal(PickleBuilder.file(pickle, storages: [("0", 4, zeros), ("0", 4, zeros)]), "twice")
    expectRefusal(PickleBuilder.file(pickle, storages: [("0", 4, zeros + [0])]), "after its last storage")
  }

  @Test func weightsOfOneNameAreRefused() {
    expectRefusal(
      file {
        $0.tensor(count: 4, shape: [4], strides: [1])
        $0.code("s")
        $0.text("weight")
        $0.tensor(count: 4, shape: [4], strides: [1])
      }, "two weights named weight")
  }

  /// Nesting costs memory in proportion, and no call stack.
  @Test func deepNestingIsHarmless() throws {
    let depth = 200_000
    let nested =
      [UInt8](repeating: UInt8(ascii: "]"), count: depth)
      + [UInt8](
        repeating: UInt8(ascii: "a"), count: depth - 1)
    let read = try checkpoint(
      PickleBuilder.file {
        $0.tensor(count: 4, shape: [4], strides: [1])
        $0.code("s")
        $0.text("deep_extra_state")
        $0.bytes += nested
      })
    #expect(read.tensors.map(\.name) == ["weight"])
    let marks = [UInt8](repeating: UInt8(ascii: "("), count: depth)
    expectRefusal(PickleBuilder.file([0x80, 2] + marks + Array("N.".utf8)), "left over")
    let tuples = [UInt8](repeating: 0x85, count: depth)
    expectRefusal(
      PickleBuilder.file([0x80, 2] + Array("N".utf8) + tuples + Array(".".utf8)), "no dictionary of weights")
  }

  @Test func operationsAndCopiesAreBounded() {
    let many = [UInt8](repeating: UInt8(ascii: "N"), count: 2_000_001)
    expectRefusal(PickleBuilder.file([0x80, 2] + many + Array(".".utf8)), "more than 2000000 operations")

    // A dictionary of 1,000 entries, copied a hundred thousand times by short operations.
    var bomb = PickleBuilder()
    bomb.code("}(")
    for _ in 0..<1000 { bomb.code("NN") }
    bomb.code("uq\u{0}")
    for _ in 0..<100_000 {
      bomb.global("collections", "OrderedDict")
      bomb.code("h\u{0}")
      bomb.code(0x85)
      bomb.code("R")
    }
    bomb.code(".")
    expectRefusal(PickleBuilder.file(bomb.bytes), "copies too many dictionary entries")
  }

  @Test func lengthsBeyondTheFileAreRefused() {
    expectRefusal(PickleBuilder.file([0x80, 2, UInt8(ascii: "X"), 255, 255, 255, 255]), "should follow")
    expectRefusal(PickleBuilder.file([0x80, 2, 0x8a, 255]), "should follow")
    expectRefusal(
      PickleBuilder.file([0x80, 2] + Array("c".utf8) + [UInt8](repeating: 65, count: 500)), "a line longer")
    expectRefusal(PickleBuilder.file([0x80, 2, UInt8(ascii: "U"), 1, 0xff]), "not UTF-8")
  }

  @Test func machineAndVersionAreChecked() throws {
    let good = file { $0.tensor(count: 4, shape: [4], strides: [1]) }
    _ = try checkpoint(good)
    var other = good
    other[17 + 2] = 1  // the first byte of the protocol version's number
    expectRefusal(other, "protocol version")
    var big = good
    let flag = try #require(big.firstIndex(of: 0x88))
    big[flag] = 0x89
    expectRefusal(big, "little-endian")
  }
}
