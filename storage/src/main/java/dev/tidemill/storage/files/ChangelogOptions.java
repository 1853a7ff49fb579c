package dev.tidemill.storage.files;

import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.table.OnMissing;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a table of files or messages is a changelog.
 *
 * @param table its name, for messages
 * @param key names of the key's columns
 * @param operation name of the column in the files that says what each row does, or null where the
 *     format says it
 * @param full whether rows that go are given as they were, those that are updated too
 */
public record ChangelogOptions(
    String table, List<String> key, @Nullable String operation, boolean full, OnMissing onMissing) {
  public ChangelogOptions {
    key = List.copyOf(key);
  }

  /** The options that say it. */
  public static List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption(
            "op_column",
            false,
            "the column in the data that says what a row does, which makes the table a changelog: "
                + ChangeOperation.KNOWN),
        new ConnectorOption(
            "before",
            false,
            "of a changelog, what tells the row that goes: key (default), or full, where it stands there as it was"),
        new ConnectorOption(
            "on_missing",
            false,
            "of a changelog, what the removal of a row that is not there does: fail (default), ignore, which counts it, or"
                + " trust"));
  }

  /** How the table is a changelog, or null where it is none. */
  public static @Nullable ChangelogOptions of(
      TableDefinition definition, OptionReader options, FileFormatProvider provider) {
    String operation = options.text("op_column");
    String before = options.text("before");
    String onMissing = options.text("on_missing");
    if (operation == null && !provider.readsChanges()) {
      if (before != null || onMissing != null) {
        throw FilesErrors.notAChangelog(before != null ? "before" : "on_missing");
      }
      if (definition.keyEnforced() && !definition.primaryKey().isEmpty()) {
        throw FilesErrors.enforcedKey(definition.name());
      }
      return null;
    }
    if (operation != null && provider.readsChanges()) {
      throw FilesErrors.twoOperations(provider.name());
    }
    List<String> stored = definition.storedColumns().stream().map(ColumnDefinition::name).toList();
    if (definition.primaryKey().isEmpty() || !stored.containsAll(definition.primaryKey())) {
      throw FilesErrors.changelogWithoutKey(definition.name());
    }
    if (!definition.keyEnforced()) {
      throw FilesErrors.unenforcedKey(definition.name());
    }
    if (operation != null && ColumnNames.indexOf(stored, operation) >= 0) {
      throw FilesErrors.declaredOperation(operation);
    }
    return new ChangelogOptions(
        definition.name(),
        definition.primaryKey(),
        operation,
        options.choice("before", "key", List.of("key", "full")).equals("full"),
        OnMissing.valueOf(
            options
                .choice("on_missing", "fail", List.of("fail", "ignore", "trust"))
                .toUpperCase(Locale.ROOT)));
  }

  boolean isKey(String column) {
    return ColumnNames.indexOf(key, column) >= 0;
  }
}
