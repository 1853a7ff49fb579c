package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a definition's options with their types. Each getter throws INVALID_OPTION for a value it
 * cannot read; {@link #checkAllKnown()} throws UNKNOWN_OPTION for one that no getter has asked for.
 */
public final class OptionReader {
  private final String connector;
  private final Map<String, String> options;
  private final List<ConnectorOption> known;
  private final Set<String> asked = new HashSet<>();

  public OptionReader(Connector connector, TableDefinition definition) {
    this.connector = connector.name();
    this.options = definition.options();
    this.known = connector.options();
    asked.add(TableDefinition.CONNECTOR);
    asked.add("bounded");
    asked.add("static");
    asked.addAll(EventTimeOptions.ALL);
    EventTimeOptions.check(definition.options());
  }

  public @Nullable String text(String name) {
    asked.add(name);
    return options.get(name);
  }

  public String text(String name, String otherwise) {
    String value = text(name);
    return value == null ? otherwise : value;
  }

  public String required(String name) {
    String value = text(name);
    if (value == null) {
      for (String option : options.keySet()) {
        if (!knows(option) && NearMisses.of(option, List.of(name)).contains(name)) {
          throw unknown(option);
        }
      }
      throw CatalogErrors.missingOption(connector, name);
    }
    return value;
  }

  private boolean knows(String option) {
    return asked.contains(option) || known.stream().anyMatch(one -> one.name().equals(option));
  }

  private TidemillException unknown(String option) {
    return CatalogErrors.unknownOption(
        connector, option, known.stream().map(ConnectorOption::name).toList());
  }

  public boolean flag(String name, boolean otherwise) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw CatalogErrors.badOption(name, value, "true or false");
    };
  }

  /** A whole number of at least {@code least}. */
  public long number(String name, long otherwise, long least) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value.strip().replace("_", ""));
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw CatalogErrors.badOption(name, value, "a whole number of at least " + least);
    }
    throw CatalogErrors.badOption(name, value, "a whole number of at least " + least);
  }

  /** One of {@code values}, in lower case. */
  public String choice(String name, String otherwise, List<String> values) {
    String value = text(name, otherwise).toLowerCase(Locale.ROOT);
    if (!values.contains(value)) {
      throw CatalogErrors.badOption(name, value, "one of " + String.join(", ", values));
    }
    return value;
  }

  public void checkAllKnown() {
    for (String option : options.keySet()) {
      if (!asked.contains(option)) {
        throw unknown(option);
      }
    }
  }
}
