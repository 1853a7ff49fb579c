package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide has a line for every function there is. */
final class FunctionsChapterTest {
  private static final Path GUIDE =
      Path.of(System.getProperty("tidemill.project.directory", ".."), "docs", "guide");

  @Test
  void everyFunctionIsInTheGuide() throws IOException {
    String guide =
        Files.readString(GUIDE.resolve("functions.md")) + Files.readString(GUIDE.resolve("sql.md"));
    List<String> missing = new ArrayList<>();
    try (Engine engine = Engine.builder().threads(1).open();
        Session session = engine.session();
        Result result = session.execute("SHOW FUNCTIONS")) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch names = batch) {
          for (int row = 0; row < names.rowCount(); row++) {
            String name = ValueFormat.format(names.column(0), names.row(row));
            boolean isUsers =
                !ValueFormat.format(names.column(1), names.row(row)).equals("built in");
            boolean synonym = name.startsWith("LIST_") || name.startsWith("ARRAY_");
            if (!isUsers
                && !synonym
                && !Pattern.compile("\\b" + name + "\\b").matcher(guide).find()) {
              missing.add(name);
            }
          }
        }
      }
    }
    assertEquals(List.of(), missing);
  }
}
