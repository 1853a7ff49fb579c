package dev.tidemill.engine;

import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.Namespace;
import java.util.List;

/** Names of what statements create, change or drop: always the database's own. */
final class OwnNames {
  private OwnNames() {}

  /**
   * The last part, where the whole means something in {@code tidemill.main}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException NOT_IN_DATABASE
   */
  static String require(QualifiedName name, Namespace current) {
    List<String> parts = name.names();
    boolean own =
        switch (parts.size()) {
          case 1 -> current.equals(Namespace.DEFAULT);
          case 2 -> parts.get(0).equalsIgnoreCase(Catalog.MAIN);
          case 3 ->
              parts.get(0).equalsIgnoreCase(Catalog.DATABASE)
                  && parts.get(1).equalsIgnoreCase(Catalog.MAIN);
          default -> false;
        };
    if (!own) {
      throw EngineErrors.notOwn(
          parts.size() == 1 ? current + "." + name : name.toString(), name.position());
    }
    return parts.getLast();
  }

  /** The full path of one of the database's own. */
  static List<String> path(String name) {
    return List.of(Catalog.DATABASE, Catalog.MAIN, name);
  }
}
