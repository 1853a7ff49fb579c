package dev.tidemill.storage.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${env:NAME}} in options: looked up when a table is opened, never stored or shown. */
final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{env:([^}]*)}");

  private Secrets() {}

  /**
   * The definition with the values of the environment in its options; itself where it names none.
   *
   * @throws dev.tidemill.foundation.error.TidemillException ENVIRONMENT_VARIABLE_MISSING
   */
  static TableDefinition resolve(TableDefinition definition) {
    if (definition.options().values().stream().noneMatch(value -> value.contains("${env:"))) {
      return definition;
    }
    Map<String, String> resolved = new LinkedHashMap<>();
    definition.options().forEach((name, value) -> resolved.put(name, resolve(name, value)));
    return new TableDefinition(
        definition.name(),
        definition.columns(),
        definition.watermark(),
        definition.primaryKey(),
        definition.keyEnforced(),
        resolved,
        definition.sql(),
        definition.timeZone());
  }

  private static String resolve(String option, String value) {
    return REFERENCE
        .matcher(value)
        .replaceAll(
            reference -> {
              String variable = reference.group(1);
              String secret = System.getenv(variable);
              if (secret == null) {
                throw CatalogErrors.environmentMissing(option, variable);
              }
              return Matcher.quoteReplacement(secret);
            });
  }
}
