import Foundation
import Testing

/// The README shows the code that this target compiles.
@Suite struct ReadmeTests {
  private static func lines(_ path: String) throws -> [Substring] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(path)
    return try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: true)
  }

  @Test func theExampleIsTheOneThatIsCompiled() throws {
    let readme = try Self.lines("../../README.md")
    let start = try #require(readme.firstIndex(of: "## Use it")) + 2
    let end = try #require(readme[start...].firstIndex(of: "```"))
    let shown = readme[start..<end].filter { !$0.hasPrefix("import ") }
    let example = try Self.lines("ReadmeExample.swift")
    let open = try #require(example.firstIndex { $0.hasPrefix("func readmeExample") })
    let compiled = example[(open + 1)...].dropLast().map { $0.dropFirst(2) }
    #expect(shown.map(String.init) == compiled.map(String.init))
    #expect(shown.count <= 15)
  }
}
