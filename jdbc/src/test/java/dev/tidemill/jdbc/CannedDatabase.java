package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.DatabaseAddress;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseProvider;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.DatabaseSession;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import dev.tidemill.jdbc.spi.Page;
import dev.tidemill.jdbc.spi.StatementDescription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A database that understands a handful of statements, to test the driver by itself: {@code COUNT
 * n} gives the rows 1 to n in pages of at most three, {@code WRITE n} writes n rows, {@code ECHO
 * type} gives its one parameter of that type, {@code HANG} waits until it is cancelled, {@code FAIL
 * state} fails.
 */
public final class CannedDatabase implements DatabaseProvider {
  /** Counted down when HANG begins to wait. */
  static volatile CountDownLatch hanging = new CountDownLatch(1);

  @Override
  public boolean serves(DatabaseAddress address) {
    return address instanceof DatabaseAddress.Memory;
  }

  @Override
  public DatabaseSession connect(DatabaseAddress address, Map<String, String> settings) {
    return new Session(settings);
  }

  private static final class Session implements DatabaseSession {
    private final Map<String, String> settings;
    private boolean closed;

    Session(Map<String, String> settings) {
      this.settings = settings;
    }

    @Override
    public String productVersion() {
      return "3.14-SNAPSHOT";
    }

    @Override
    public List<String> warnings() {
      return settings.isEmpty() ? List.of() : List.of("settings " + settings);
    }

    @Override
    public Namespace namespace() {
      return new Namespace("tidemill", "main");
    }

    @Override
    public DatabaseStatement statement(String sql) {
      return new Canned(sql.split(" ", 2));
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class Canned implements DatabaseStatement {
    private final String verb;
    private final String argument;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    Canned(String[] words) {
      verb = words[0];
      argument = words.length == 1 ? "" : words[1];
    }

    @Override
    public StatementDescription describe() {
      boolean echo = verb.equals("ECHO");
      List<ColumnType> types = echo ? List.of(ColumnType.parse(argument)) : List.of();
      return new StatementDescription(types, columns());
    }

    private List<ColumnDescription> columns() {
      return switch (verb) {
        case "ECHO" -> List.of(new ColumnDescription("Value", ColumnType.parse(argument), true));
        case "COUNT" -> List.of(new ColumnDescription("n", ColumnType.parse("INTEGER"), false));
        default -> List.of();
      };
    }

    @Override
    public DatabaseResult execute(List<? extends @Nullable Object> parameters)
        throws DatabaseException {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      long count = -1;
      switch (verb) {
        case "ECHO" -> rows.add(new ArrayList<>(parameters));
        case "COUNT" -> {
          for (int i = 1; i <= Integer.parseInt(argument); i++) {
            rows.add(Arrays.asList(i));
          }
        }
        case "WRITE" -> count = Long.parseLong(argument);
        case "HANG" -> hang();
        default ->
            throw new DatabaseException("FAILED", argument, "it failed (line 1, column 1)", null);
      }
      return new Rows(columns(), rows, count);
    }

    private void hang() throws DatabaseException {
      hanging.countDown();
      try {
        cancelled.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new DatabaseException(
          "STATEMENT_CANCELLED", "57014", "the statement was cancelled", null);
    }

    @Override
    public void cancel() {
      cancelled.countDown();
    }

    @Override
    public void close() {}
  }

  private static final class Rows implements DatabaseResult {
    private final List<ColumnDescription> columns;
    private final List<List<@Nullable Object>> rows;
    private final long count;
    private int next;

    Rows(List<ColumnDescription> columns, List<List<@Nullable Object>> rows, long count) {
      this.columns = columns;
      this.rows = rows;
      this.count = count;
    }

    @Override
    public boolean hasRows() {
      return count < 0;
    }

    @Override
    public List<ColumnDescription> columns() {
      return columns;
    }

    @Override
    public long updateCount() {
      return count;
    }

    @Override
    public List<String> warnings() {
      return next > 0 && next == rows.size()
          ? List.of("at the beginning", "at the end")
          : List.of("at the beginning");
    }

    @Override
    public @Nullable Page next(int maxRows) {
      if (next == rows.size()) {
        return null;
      }
      int to = Math.min(rows.size(), next + (maxRows == 0 ? 3 : Math.min(3, maxRows)));
      Page page = Page.of(rows.subList(next, to));
      next = to;
      return page;
    }

    @Override
    public void close() {}
  }
}
