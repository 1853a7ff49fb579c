package dev.tidemill.storage.catalog;

/** Where names without a qualifier are looked up: {@code USE catalog.schema}. */
public record Namespace(String catalog, String schema) {
  /** Where a session starts: the database's own tables. */
  public static final Namespace DEFAULT = new Namespace(Catalog.DATABASE, Catalog.MAIN);

  @Override
  public String toString() {
    return catalog + "." + schema;
  }
}
