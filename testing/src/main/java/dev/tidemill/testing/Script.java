package dev.tidemill.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A script file as records; see {@link ScriptRecord} for its grammar. */
public record Script(Path file, List<ScriptRecord> records) {
  private static final String RESULT = "----";

  public Script {
    records = List.copyOf(records);
  }

  /**
   * @throws IllegalArgumentException naming file and line where it is no script
   */
  public static Script read(Path file) {
    try {
      return new Reader(file, Files.readAllLines(file)).read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reader {
    private final Path file;
    private final List<String> lines;
    private final List<ScriptRecord> records = new ArrayList<>();
    private int next;

    Reader(Path file, List<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    Script read() {
      while (next < lines.size()) {
        if (lines.get(next).isBlank() || lines.get(next).startsWith("#")) {
          next++;
        } else {
          records.add(record());
        }
      }
      return new Script(file, records);
    }

    private ScriptRecord record() {
      int start = next + 1;
      Set<String> skipped = new TreeSet<>();
      Set<String> only = new TreeSet<>();
      String line = lines.get(next++);
      while (line.startsWith("skipif ") || line.startsWith("onlyif ")) {
        (line.startsWith("skipif ") ? skipped : only)
            .addAll(List.of(line.substring(7).strip().split(" +")));
        line = lines.get(next++);
      }
      String[] words = line.strip().split(" +");
      List<String> sql = until(true);
      List<String> result = List.of();
      if (next < lines.size() && lines.get(next).equals(RESULT)) {
        next++;
        result = until(false);
      }
      return new ScriptRecord(
          start, kind(words, result, start), String.join("\n", sql), skipped, only);
    }

    private ScriptRecord.Kind kind(String[] words, List<String> result, int line) {
      if (words[0].equals("statement") && words.length >= 2) {
        switch (words[1]) {
          case "ok":
            return new ScriptRecord.Succeeds();
          case "count":
            return new ScriptRecord.Writes(Long.parseLong(words[2]));
          case "error":
            return new ScriptRecord.Fails(result);
          default:
            break;
        }
      }
      if (words[0].equals("step") && words.length >= 2) {
        return new ScriptRecord.Steps(List.of(words).subList(1, words.length));
      }
      if (words[0].equals("query") && words.length >= 2) {
        boolean sorted = words.length > 2 && words[2].equals("rowsort");
        return new ScriptRecord.Gives(words[1], sorted, result);
      }
      throw new IllegalArgumentException(
          file + ":" + line + ": not a record: " + String.join(" ", words));
    }

    private List<String> until(boolean stopAtResult) {
      List<String> block = new ArrayList<>();
      while (next < lines.size()
          && !lines.get(next).isEmpty()
          && !(stopAtResult && lines.get(next).equals(RESULT))) {
        block.add(lines.get(next++));
      }
      return block;
    }
  }
}
