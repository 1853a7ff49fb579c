package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * {@code 'connector'='nexmark'}: the people, auctions or bids of one sequence of events, which is a
 * function of the seed. Tables with the same options but for {@code table} show the same events, so
 * that bids are for auctions there are. A table may declare any of its columns, or none to have
 * them all.
 */
public final class NexmarkConnector implements Connector {
  private static final String FIRST_EVENT_TIME = "2015-07-15 00:00:00";
  private static final long EVENT_TIME_RATE = 10_000;

  @Override
  public String name() {
    return "nexmark";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption("table", true, "person, auction or bid"),
        new ConnectorOption(
            "events", false, "events of all three tables after which they end; never by default"),
        new ConnectorOption(
            "events_per_second", false, "how fast events arrive; all at once by default"),
        new ConnectorOption(
            "events_per_step", false, "the most events that a step goes on by; any by default"),
        new ConnectorOption(
            "event_time_rate",
            false,
            "events of a second of event time; events_per_second by default, or 10000"),
        new ConnectorOption(
            "first_event_time", false, "the time of the first event; 2015-07-15 by default"),
        new ConnectorOption(
            "jitter", false, "milliseconds that an event's time may be behind; 0 by default"),
        new ConnectorOption(
            "seed", false, "a whole number; other seeds give other events; 0 by default"),
        new ConnectorOption(
            "static", false, "whether standing queries read it once: false by default"));
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    OptionReader options = new OptionReader(this, definition);
    options.required("table");
    EventKind kind =
        EventKind.valueOf(
            options
                .choice("table", "", List.of("person", "auction", "bid"))
                .toUpperCase(Locale.ROOT));
    long total = options.number("events", -1, 0);
    long arriving = options.number("events_per_second", 0, 1);
    if (total < 0 && arriving == 0) {
      throw NexmarkErrors.needsRateOrTotal();
    }
    long perStep = options.number("events_per_step", Long.MAX_VALUE, 1);
    EventSequence sequence =
        new EventSequence(
            options.number("seed", 0, Long.MIN_VALUE),
            millis(options.text("first_event_time", FIRST_EVENT_TIME)),
            options.number("event_time_rate", arriving == 0 ? EVENT_TIME_RATE : arriving, 1),
            options.number("jitter", 0, 0));
    boolean fixed = options.flag("static", false);
    options.checkAllKnown();
    TextPool pool = new TextPool(sequence.seed());
    List<EventColumn> columns = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    choose(kind, new EventColumns(sequence, pool).of(kind), definition, columns, fields);
    return new NexmarkTable(
        kind,
        new Schema(fields),
        columns,
        pool,
        total < 0 ? InputKind.GROWING : fixed ? InputKind.STATIC : InputKind.BOUNDED,
        new Arrivals(arriving, total, context.clock()),
        perStep);
  }

  /** The columns that a table declares, or all, and the fields they are. */
  private static void choose(
      EventKind kind,
      List<EventColumn> all,
      TableDefinition definition,
      List<EventColumn> columns,
      List<Field> fields) {
    for (TableDefinition.ColumnDefinition declared : definition.storedColumns()) {
      Type type = declared.type();
      EventColumn column =
          all.stream()
              .filter(c -> c.name().equalsIgnoreCase(declared.name()))
              .findFirst()
              .orElseThrow(() -> NexmarkErrors.unknownColumn(kind, declared.name(), all));
      if (type != null && !column.type().equals(type)) {
        throw NexmarkErrors.otherType(kind, column, type);
      }
      columns.add(column);
      fields.add(ArrowTypes.field(declared.name(), column.type(), declared.nullable()));
    }
    if (columns.isEmpty()) {
      for (EventColumn column : all) {
        columns.add(column);
        fields.add(ArrowTypes.field(column.name(), column.type(), false));
      }
    }
  }

  private static long millis(String text) {
    try {
      return LocalDateTime.parse(text.strip().replace(' ', 'T'))
          .toInstant(ZoneOffset.UTC)
          .toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw NexmarkErrors.badTime(text);
    }
  }
}
