package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What can go wrong with names and definitions. */
public final class CatalogErrors {
  private static final ErrorCode TABLE_NOT_FOUND = ErrorCode.user("TABLE_NOT_FOUND", "42P01");
  private static final ErrorCode TABLE_EXISTS = ErrorCode.user("TABLE_ALREADY_EXISTS", "42P07");
  private static final ErrorCode FUNCTION_EXISTS =
      ErrorCode.user("FUNCTION_ALREADY_EXISTS", "42723");
  private static final ErrorCode TABLE_DIFFERS =
      ErrorCode.user("TABLE_DEFINITION_CHANGED", "42P07");
  private static final ErrorCode UNKNOWN_CONNECTOR = ErrorCode.user("UNKNOWN_CONNECTOR", "42704");
  private static final ErrorCode UNKNOWN_OPTION = ErrorCode.user("UNKNOWN_OPTION", "42704");
  private static final ErrorCode BAD_OPTION = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode CATALOG_READ_ONLY = ErrorCode.user("CATALOG_READ_ONLY", "25006");
  private static final ErrorCode SCHEMA_NOT_FOUND = ErrorCode.user("SCHEMA_NOT_FOUND", "3F000");
  private static final ErrorCode CATALOG_DAMAGED = ErrorCode.lasting("CATALOG_DAMAGED");
  private static final ErrorCode CATALOG_VERSION = ErrorCode.lasting("CATALOG_VERSION_UNKNOWN");
  private static final ErrorCode NO_COLUMNS = ErrorCode.user("COLUMNS_REQUIRED", "42601");

  private static final ErrorCode ENVIRONMENT =
      ErrorCode.user("ENVIRONMENT_VARIABLE_MISSING", "22023");

  private CatalogErrors() {}

  /**
   * @param near names that may have been meant
   */
  public static TidemillException tableNotFound(String name, Collection<String> near) {
    String hint =
        near.isEmpty()
            ? "SHOW TABLES lists what there is"
            : "did you mean " + String.join(", ", near) + "?";
    return new TidemillException(
        TABLE_NOT_FOUND, "there is no table or view " + name + "; " + hint);
  }

  static TidemillException exists(String name) {
    return new TidemillException(
        TABLE_EXISTS, name + " already exists; DROP it first, or say CREATE … IF NOT EXISTS");
  }

  static TidemillException functionExists(String name, String sql) {
    return new TidemillException(
        FUNCTION_EXISTS,
        "function %s already exists: %s. DROP it first, or say CREATE OR REPLACE FUNCTION"
            .formatted(name, sql));
  }

  static TidemillException differs(String name, String before, String now) {
    return new TidemillException(
        TABLE_DIFFERS,
        "%s already exists with another definition. It is: %s. The statement says: %s. DROP it first"
            .formatted(name, before, now));
  }

  static TidemillException unknownConnector(String name, Collection<String> known) {
    return new TidemillException(
        UNKNOWN_CONNECTOR,
        "there is no connector '%s'; there are %s"
            .formatted(name, String.join(", ", new TreeSet<>(known))));
  }

  /** An option that the connector does not know. */
  public static TidemillException unknownOption(
      String connector, String option, Collection<String> known) {
    if (known.contains(option)) {
      return new TidemillException(
          UNKNOWN_OPTION,
          "option '%s' of connector '%s' means nothing for this table: it is of another format; leave it out"
              .formatted(option, connector));
    }
    return new TidemillException(
        UNKNOWN_OPTION,
        "connector '%s' has no option '%s'%s; it has %s"
            .formatted(
                connector,
                option,
                NearMisses.hint(option, known),
                known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
  }

  public static TidemillException missingOption(String connector, String option) {
    return new TidemillException(
        BAD_OPTION, "connector '%s' needs the option '%s'".formatted(connector, option));
  }

  /**
   * @param expected what the value should have been, e.g. {@code a whole number above 0}
   */
  public static TidemillException badOption(String option, String value, String expected) {
    return new TidemillException(
        BAD_OPTION, "option '%s' must be %s but is '%s'".formatted(option, expected, value));
  }

  static TidemillException environmentMissing(String option, String variable) {
    return new TidemillException(
        ENVIRONMENT,
        "option '%s' names the environment variable %s, which is not set"
            .formatted(option, variable));
  }

  /** A connector that cannot work out the columns itself. */
  public static TidemillException columnsRequired(String table, String connector) {
    return new TidemillException(
        NO_COLUMNS,
        "table %s needs columns: connector '%s' cannot infer them".formatted(table, connector));
  }

  static TidemillException readOnly(List<String> path) {
    return new TidemillException(
        CATALOG_READ_ONLY,
        "nothing can be created or dropped in %s; it is read-only".formatted(path.get(0)));
  }

  /**
   * @param near names that may have been meant
   */
  public static TidemillException schemaNotFound(String name, Collection<String> near) {
    return new TidemillException(
        SCHEMA_NOT_FOUND,
        "there is no schema "
            + name
            + (near.isEmpty() ? "" : "; there are " + String.join(", ", near)));
  }

  static TidemillException damaged(String file, JsonProcessingException cause) {
    return new TidemillException(
        CATALOG_DAMAGED,
        "the catalog %s is damaged: %s. Restore it from a copy of the directory"
            .formatted(file, cause.getOriginalMessage()),
        null,
        cause);
  }

  static TidemillException unknownVersion(String file, int version, int known) {
    return new TidemillException(
        CATALOG_VERSION,
        "the catalog %s is of version %d; this Tidemill reads version %d. Use the Tidemill that wrote it"
            .formatted(file, version, known));
  }
}
