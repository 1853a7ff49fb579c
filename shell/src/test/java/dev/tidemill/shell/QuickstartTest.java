package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first example: it ends by itself, and what stands agrees with what is computed anew. */
final class QuickstartTest {
  private static final String PATH = "target/quickstart/bids";

  @TempDir private Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void theExampleEndsAndAgrees() throws IOException {
    Path project = Path.of(System.getProperty("tidemill.project.directory", ".."));
    String example = Files.readString(project.resolve("examples/quickstart.sql"));
    assertTrue(example.contains(PATH));
    Path script = directory.resolve("quickstart.sql");
    Files.writeString(script, example.replace(PATH, directory.resolve("bids").toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal streams =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            new Terminal.Interrupts());
    int code =
        Command.run(
            new String[] {
              "run",
              script.toString(),
              "--db",
              directory.resolve("db").toString(),
              "--progress",
              "none"
            },
            streams);
    assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    int leaders = lines.indexOf("bidder,spent");
    assertTrue(leaders >= 0, String.join("\n", lines));
    int counted = lines.indexOf("counted_by_standing_query,counted_by_batch_query");
    assertEquals(3, counted - leaders - 1, String.join("\n", lines));
    assertEquals("20000,20000", lines.get(counted + 1));
    List<String> auctions =
        lines.subList(lines.indexOf("auction,bids,best,agrees") + 1, lines.size());
    assertFalse(auctions.isEmpty());
    auctions.forEach(auction -> assertTrue(auction.endsWith(",true"), auction));
  }
}
