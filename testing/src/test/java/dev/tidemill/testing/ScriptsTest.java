package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every script in every mode. {@code -Dscripts=joins} runs those with that in their path; {@code
 * -Dscripts.rewrite=true} writes what the batch mode gives into the scripts, for review; {@code
 * -Dscripts.seed=N} repeats random steps.
 */
class ScriptsTest {
  static final Path ROOT = Path.of("src", "test", "resources", "sql");

  @TestFactory
  List<DynamicNode> scripts() throws IOException {
    String wanted = System.getProperty("scripts", "");
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    ScriptRunner runner = new ScriptRunner(ROOT.resolve("data").toAbsolutePath(), seed);
    List<DynamicNode> tests = new ArrayList<>();
    for (Path file : files()) {
      if (file.toString().contains(wanted)) {
        if (Boolean.getBoolean("scripts.rewrite")) {
          tests.add(
              DynamicTest.dynamicTest(
                  "rewrite " + file, () -> ScriptRewriter.rewrite(file, runner)));
        } else {
          for (Mode mode : Mode.ALL) {
            String name = ROOT.relativize(file) + " " + mode.name();
            tests.add(DynamicTest.dynamicTest(name, () -> check(file, mode, runner)));
          }
        }
      }
    }
    return tests;
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(".slt")).sorted().toList();
    }
  }

  private static void check(Path file, Mode mode, ScriptRunner runner) {
    List<String> failures = runner.run(Script.read(file), mode);
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
  }
}
