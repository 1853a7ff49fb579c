package dev.tidemill.storage.files;

import dev.tidemill.storage.table.OnMissing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a table of files is a changelog.
 *
 * @param table its name, for messages
 * @param key names of the key's columns
 * @param operation name of the files' column that says what each row does, or null where the format
 *     says it
 * @param full whether rows that go are given as they were, those that are updated too
 */
record ChangelogOptions(
    String table, List<String> key, @Nullable String operation, boolean full, OnMissing onMissing) {
  ChangelogOptions {
    key = List.copyOf(key);
  }

  boolean isKey(String column) {
    return ColumnNames.indexOf(key, column) >= 0;
  }
}
