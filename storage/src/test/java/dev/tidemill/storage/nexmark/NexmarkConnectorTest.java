package dev.tidemill.storage.nexmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.files.TableTester;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events are the same whoever reads them, in steps of any size, and fit together. */
final class NexmarkConnectorTest {
  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory, null);
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private Table table(String kind, String columns, String... options) {
    List<String> all = new ArrayList<>(List.of("table", kind));
    all.addAll(Arrays.asList(options));
    return new NexmarkConnector()
        .open(
            TableTester.definition("n", "nexmark", columns, all.toArray(String[]::new)),
            tester.context());
  }

  private static String message(Runnable work) {
    return assertThrows(TidemillException.class, work::run).text();
  }

  @Test
  void stepsOfAnySizeGiveTheSameRows() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, Integer> rows = Map.of("person", 200, "auction", 600, "bid", 9173);
    for (String kind : rows.keySet()) {
      Table table = table(kind, "", "events", "9973", "jitter", "1000", "seed", "7");
      List<List<@Nullable Object>> whole = tester.all(table);
      assertEquals(rows.get(kind), whole.size());
      List<List<@Nullable Object>> stepped = new ArrayList<>();
      Offset from = table.start();
      boolean ended = false;
      while (!ended) {
        Advance advance = table.advance(from, 1 + random.nextInt(900));
        List<List<@Nullable Object>> step = tester.rows(table, from, advance.to());
        assertEquals(advance.rows(), step.size(), "seed " + seed);
        stepped.addAll(step);
        from = advance.to();
        ended = advance.ended();
      }
      assertEquals(whole, stepped, "seed " + seed);
    }
  }

  @Test
  void aColumnHasTheSameValuesWhateverElseIsRead() {
    for (String kind : List.of("person", "auction", "bid")) {
      Table table = table(kind, "", "events", "20000");
      List<List<@Nullable Object>> whole = tester.all(table);
      for (int column = 0; column < table.schema().getFields().size(); column++) {
        String name = table.schema().getFields().get(column).getName();
        List<List<@Nullable Object>> alone =
            tester.rows(table, List.of(name), table.start(), table.end());
        for (int row = 0; row < whole.size(); row++) {
          assertEquals(whole.get(row).get(column), alone.get(row).getFirst(), name);
        }
      }
    }
  }

  @Test
  void bidsAreForAuctionsThatAreOpenOrSoonWillBe() {
    Map<Long, LocalDateTime> opened = new HashMap<>();
    Table auctions =
        table(
            "auction", "id BIGINT, dateTime TIMESTAMP(3), expires TIMESTAMP(3)", "events", "50000");
    for (List<@Nullable Object> row : tester.all(auctions)) {
      LocalDateTime start = (LocalDateTime) row.get(1);
      assertTrue(start.isBefore((LocalDateTime) row.get(2)), row.toString());
      opened.put((Long) row.get(0), start);
    }
    long hits = 0;
    List<List<@Nullable Object>> bids =
        tester.all(table("bid", "auction BIGINT, dateTime TIMESTAMP(3)", "events", "50000"));
    for (List<@Nullable Object> bid : bids) {
      LocalDateTime start = opened.get((Long) bid.get(0));
      if (start != null) {
        assertTrue(
            Duration.between(start, (LocalDateTime) bid.get(1)).abs().toMillis() < 1000,
            bid.toString());
        hits++;
      }
    }
    assertTrue(hits > bids.size() * 0.99, hits + " of " + bids.size());
  }

  @Test
  void tablesThatGoOnByEventsGoOnTogether() {
    Table people = table("person", "", "events", "1000", "events_per_step", "120");
    Table bids = table("bid", "", "events", "1000", "events_per_step", "120");
    Offset from = people.start();
    while (!people.advance(from, 1000).ended()) {
      Advance next = people.advance(from, 1000);
      assertEquals(next.to(), bids.advance(from, 1000).to());
      from = next.to();
    }
    Table few = table("person", "", "events", "1000", "events_per_step", "3");
    assertEquals(new Advance(new Offset("51"), 1, false, false), few.advance(new Offset("3"), 9));
  }

  @Test
  void eventsArriveAtTheRate() {
    Table bids = table("bid", "", "events_per_second", "100");
    tester.passSeconds(3);
    assertEquals(new Offset("300"), bids.advance(bids.start(), 1000).to());
    assertEquals(276, bids.advance(bids.start(), 1000).rows());
    Table resumed = table("bid", "", "events_per_second", "100");
    tester.passSeconds(1);
    assertEquals(new Offset("100100"), resumed.advance(new Offset("100000"), 1000).to());
  }

  @Test
  void whatIsNotThereIsRefusedByName() {
    assertTrue(message(() -> table("bid", "")).contains("'events' or 'events_per_second'"));
    assertTrue(message(() -> table("bids", "", "events", "1")).contains("person, auction, bid"));
    assertTrue(
        message(() -> table("bid", "cost BIGINT", "events", "1"))
            .contains("bid has no column cost; it has auction, bidder, price"));
    assertTrue(
        message(() -> table("bid", "price INTEGER", "events", "1"))
            .contains("price of NEXMark's table bid is BIGINT but is declared INTEGER"));
    assertTrue(
        message(() -> table("bid", "", "events", "1", "first_event_time", "now"))
            .contains("first_event_time"));
  }
}
