package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first example: it ends by itself, and what stands agrees with what is computed anew. */
final class QuickstartTest {
  @TempDir private Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void theExampleEndsAndAgrees() {
    String example =
        Path.of(System.getProperty("tidemill.project.directory", ".."))
            .resolve("examples/quickstart.sql")
            .toAbsolutePath()
            .toString();
    CommandRun run =
        CommandRun.of(directory, "", "run", example, "--db", "db", "--progress", "none");
    assertEquals(0, run.code(), run.err());
    List<String> lines = run.out().lines().toList();
    int leaders = lines.indexOf("bidder,spent");
    assertTrue(leaders >= 0, run.out());
    int counted = lines.indexOf("counted_by_standing_query,counted_by_batch_query");
    assertEquals(3, counted - leaders - 1, run.out());
    assertEquals("20000,20000", lines.get(counted + 1));
    List<String> auctions =
        lines.subList(lines.indexOf("auction,bids,best,agrees") + 1, lines.size());
    assertFalse(auctions.isEmpty());
    auctions.forEach(auction -> assertTrue(auction.endsWith(",true"), auction));
  }
}
