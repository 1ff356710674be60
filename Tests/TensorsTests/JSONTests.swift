import Tensors
import Testing

@Suite struct JSONTests {
  private static func parse(_ text: String) throws(TensorsError) -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }

  @Test func valuesAreReadAndWrittenBack() throws {
    for text in [
      "null", "true", "-12", "1.5", "\"a\\\"\\\\\\n\"", "[1,[2,{}],[]]", "{\"b\":1,\"a\":{\"c\":\"ü😀\"}}",
    ] { #expect(try Self.parse(text).text() == text) }
    #expect(try Self.parse(" { \"b\" : 1 , \"a\" : 2 } ").text(sortedKeys: true) == "{\"a\":2,\"b\":1}")
    #expect(try Self.parse("\"\\ud83d\\ude00\\u00e9\"").string == "😀é")
    #expect(try Self.parse("9223372036854775807").integer == Int.max)
    #expect(try Self.parse("9223372036854775808").integer == nil)
  }

  @Test(arguments: [
    "", " ", "nul", "01", "1.", "+1", "1e999", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "\"",
    "\"\\x\"",
    "\"\\ud800\"", "\"\\u12\"", "\"\u{1}\"", "1 2", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
    String(repeating: "[", count: 100_000),
  ])
  func brokenTextsAreRefused(text: String) {
    #expect(throws: TensorsError.self) { try Self.parse(text) }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: TensorsError.self) { try JSONParser.parse([0x22, 0xff, 0x22]) }
  }
}
