package dev.tidemill.testing;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Queries of many shapes, and DuckDB's answers. */
class ManyShapesTest {
  /** The 43 shapes of ClickBench over a table of hits, of strings and small numbers. */
  @Test
  void clicks() throws IOException, SQLException {
    BesideDuckDb.compare("shapes/clicks.sql", 43);
  }

  /** Those of the Star Schema Benchmark, and deeper ones over its tables. */
  @Test
  void stars() throws IOException, SQLException {
    BesideDuckDb.compare("shapes/stars.sql", 25);
  }

  /** Gaps and islands, outer joins with NULLs, subqueries in subqueries, edges of types. */
  @Test
  void edges() throws IOException, SQLException {
    BesideDuckDb.compare("shapes/edges.sql", 70);
  }

  /** JSON, nested types, and many joins over tables of text, as the Join Order Benchmark has. */
  @Test
  void documentsAndJoins() throws IOException, SQLException {
    BesideDuckDb.compare("shapes/documents_and_joins.sql", 24);
  }
}
