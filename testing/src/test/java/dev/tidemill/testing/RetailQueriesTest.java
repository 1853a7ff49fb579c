package dev.tidemill.testing;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Queries of the shapes of TPC-DS over a small database of a retailer, and DuckDB's answers. */
class RetailQueriesTest {
  @Test
  void answersAreThoseOfDuckDb() throws IOException, SQLException {
    BesideDuckDb.compare("retail/queries.sql", 29);
  }
}
