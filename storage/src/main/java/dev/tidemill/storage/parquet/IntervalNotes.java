package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Which leaves of a file are intervals. Parquet's own INTERVAL has milliseconds and no negative
 * values, so ours are the integers of the column, months in INT32 and microseconds in INT64, with a
 * note beside the schema: {@code 3=INTERVAL DAY TO SECOND;5=INTERVAL YEAR TO MONTH}, by the number
 * of the leaf. Other engines read the integers.
 */
final class IntervalNotes {
  private static final String KEY = "tidemill.intervals";

  private IntervalNotes() {}

  /** The note of leaves of these types, or null where none is an interval. */
  static @Nullable KeyValue note(List<Type> leaves) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i) instanceof Type.MonthInterval
          || leaves.get(i) instanceof Type.TimeInterval) {
        text.append(text.isEmpty() ? "" : ";").append(i).append('=').append(leaves.get(i));
      }
    }
    if (text.isEmpty()) {
      return null;
    }
    KeyValue note = new KeyValue(KEY);
    note.setValue(text.toString());
    return note;
  }

  /** The types by leaf; what a note says that is none does not count. */
  static Map<Integer, Type> of(FileMetaData metadata) {
    Map<Integer, Type> types = new HashMap<>();
    List<KeyValue> notes = metadata.getKey_value_metadata();
    if (notes != null) {
      for (KeyValue note : notes) {
        if (KEY.equals(note.getKey()) && note.getValue() != null) {
          for (String one : note.getValue().split(";")) {
            add(one, types);
          }
        }
      }
    }
    return types;
  }

  private static void add(String note, Map<Integer, Type> types) {
    int equals = note.indexOf('=');
    Type type =
        switch (note.substring(equals + 1)) {
          case "INTERVAL YEAR TO MONTH" -> new Type.MonthInterval();
          case "INTERVAL DAY TO SECOND" -> new Type.TimeInterval();
          default -> null;
        };
    if (type != null && equals > 0 && equals < 9) {
      try {
        types.put(Integer.parseInt(note.substring(0, equals)), type);
      } catch (NumberFormatException noNumber) {
        // Somebody else's note.
        return;
      }
    }
  }
}
