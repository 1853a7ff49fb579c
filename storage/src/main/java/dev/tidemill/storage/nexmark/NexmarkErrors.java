package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Locale;

/** What can be wrong with a NEXMark table's definition. */
final class NexmarkErrors {
  private static final ErrorCode INVALID = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode NO_COLUMN = ErrorCode.user("COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode OTHER_TYPE = ErrorCode.user("TYPE_MISMATCH", "42804");

  private NexmarkErrors() {}

  static TidemillException needsRateOrTotal() {
    return new TidemillException(
        INVALID,
        "connector 'nexmark' needs 'events' or 'events_per_second', or it would be endless at once");
  }

  static TidemillException badTime(String text) {
    return new TidemillException(
        INVALID,
        "option 'first_event_time' must be a TIMESTAMP such as 2015-07-15 00:00:00 but is '%s'"
            .formatted(text));
  }

  static TidemillException unknownColumn(EventKind kind, String name, List<EventColumn> all) {
    return new TidemillException(
        NO_COLUMN,
        "NEXMark's table %s has no column %s; it has %s"
            .formatted(
                name(kind), name, String.join(", ", all.stream().map(EventColumn::name).toList())));
  }

  static TidemillException otherType(EventKind kind, EventColumn column, Type declared) {
    return new TidemillException(
        OTHER_TYPE,
        "column %s of NEXMark's table %s is %s but is declared %s"
            .formatted(column.name(), name(kind), column.type(), declared));
  }

  private static String name(EventKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
