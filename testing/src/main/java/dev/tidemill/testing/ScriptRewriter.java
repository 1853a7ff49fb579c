package dev.tidemill.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes into a script what its queries give and its errors say, to be reviewed as a diff. */
public final class ScriptRewriter {
  private ScriptRewriter() {}

  public static void rewrite(Path file, ScriptRunner runner) throws IOException {
    Script script = Script.read(file);
    List<List<String>> results = runner.actual(script);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    for (int i = script.records().size() - 1; i >= 0; i--) {
      ScriptRecord record = script.records().get(i);
      boolean hasResult =
          record.kind() instanceof ScriptRecord.Gives
              || record.kind() instanceof ScriptRecord.Fails;
      if (hasResult && record.runsIn(Mode.BATCH.name()) && !isSaid(record, results.get(i))) {
        replaceResult(lines, record.line() - 1, results.get(i));
      }
    }
    Files.write(file, lines);
  }

  /** Whether the error says already what is expected of it, which may be parts of it alone. */
  private static boolean isSaid(ScriptRecord record, List<String> result) {
    String message = String.join("\n", result);
    return record.kind() instanceof ScriptRecord.Fails fails
        && !fails.text().isEmpty()
        && fails.text().stream().allMatch(message::contains);
  }

  private static void replaceResult(List<String> lines, int start, List<String> result) {
    int end = start;
    int rule = -1;
    while (end < lines.size() && !lines.get(end).isEmpty()) {
      if (rule < 0 && lines.get(end).equals("----")) {
        rule = end;
      }
      end++;
    }
    List<String> block = lines.subList(rule < 0 ? end : rule, end);
    block.clear();
    List<String> replacement = new ArrayList<>();
    replacement.add("----");
    replacement.addAll(result);
    lines.addAll(rule < 0 ? end : rule, replacement);
  }
}
