package dev.tidemill.planner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** TPC-H's tables with the statistics of scale 1, and its queries. */
final class TpchTables {
  private TpchTables() {}

  static TestTables create() {
    return new TestTables()
        .table(
            "lineitem",
            6_001_215,
            "l_orderkey BIGINT NOT NULL distinct=1500000 from 1 to 6000000",
            "l_partkey BIGINT NOT NULL distinct=200000 from 1 to 200000",
            "l_suppkey BIGINT NOT NULL distinct=10000 from 1 to 10000",
            "l_linenumber INTEGER NOT NULL distinct=7 from 1 to 7",
            "l_quantity DECIMAL(15,2) NOT NULL distinct=50 from 1 to 50",
            "l_extendedprice DECIMAL(15,2) NOT NULL distinct=900000 from 900 to 105000",
            "l_discount DECIMAL(15,2) NOT NULL distinct=11 from 0 to 0.1",
            "l_tax DECIMAL(15,2) NOT NULL distinct=9 from 0 to 0.08",
            "l_returnflag VARCHAR(1) NOT NULL distinct=3",
            "l_linestatus VARCHAR(1) NOT NULL distinct=2",
            "l_shipdate DATE NOT NULL distinct=2526 from 1992-01-02 to 1998-12-01",
            "l_commitdate DATE NOT NULL distinct=2466 from 1992-01-31 to 1998-10-31",
            "l_receiptdate DATE NOT NULL distinct=2554 from 1992-01-03 to 1998-12-31",
            "l_shipinstruct VARCHAR(25) NOT NULL distinct=4",
            "l_shipmode VARCHAR(10) NOT NULL distinct=7",
            "l_comment VARCHAR(44) NOT NULL")
        .table(
            "orders",
            1_500_000,
            "o_orderkey BIGINT NOT NULL distinct=1500000 from 1 to 6000000",
            "o_custkey BIGINT NOT NULL distinct=100000 from 1 to 150000",
            "o_orderstatus VARCHAR(1) NOT NULL distinct=3",
            "o_totalprice DECIMAL(15,2) NOT NULL distinct=1450000",
            "o_orderdate DATE NOT NULL distinct=2406 from 1992-01-01 to 1998-08-02",
            "o_orderpriority VARCHAR(15) NOT NULL distinct=5",
            "o_clerk VARCHAR(15) NOT NULL distinct=1000",
            "o_shippriority INTEGER NOT NULL distinct=1 from 0 to 0",
            "o_comment VARCHAR(79) NOT NULL")
        .table(
            "customer",
            150_000,
            "c_custkey BIGINT NOT NULL distinct=150000 from 1 to 150000",
            "c_name VARCHAR(25) NOT NULL distinct=150000",
            "c_address VARCHAR(40) NOT NULL distinct=150000",
            "c_nationkey BIGINT NOT NULL distinct=25 from 0 to 24",
            "c_phone VARCHAR(15) NOT NULL distinct=150000",
            "c_acctbal DECIMAL(15,2) NOT NULL distinct=140000 from -999 to 9999",
            "c_mktsegment VARCHAR(10) NOT NULL distinct=5",
            "c_comment VARCHAR(117) NOT NULL")
        .table(
            "part",
            200_000,
            "p_partkey BIGINT NOT NULL distinct=200000 from 1 to 200000",
            "p_name VARCHAR(55) NOT NULL distinct=200000",
            "p_mfgr VARCHAR(25) NOT NULL distinct=5",
            "p_brand VARCHAR(10) NOT NULL distinct=25",
            "p_type VARCHAR(25) NOT NULL distinct=150",
            "p_size INTEGER NOT NULL distinct=50 from 1 to 50",
            "p_container VARCHAR(10) NOT NULL distinct=40",
            "p_retailprice DECIMAL(15,2) NOT NULL distinct=20000",
            "p_comment VARCHAR(23) NOT NULL")
        .table(
            "partsupp",
            800_000,
            "ps_partkey BIGINT NOT NULL distinct=200000 from 1 to 200000",
            "ps_suppkey BIGINT NOT NULL distinct=10000 from 1 to 10000",
            "ps_availqty INTEGER NOT NULL distinct=9999 from 1 to 9999",
            "ps_supplycost DECIMAL(15,2) NOT NULL distinct=100000 from 1 to 1000",
            "ps_comment VARCHAR(199) NOT NULL")
        .table(
            "supplier",
            10_000,
            "s_suppkey BIGINT NOT NULL distinct=10000 from 1 to 10000",
            "s_name VARCHAR(25) NOT NULL distinct=10000",
            "s_address VARCHAR(40) NOT NULL distinct=10000",
            "s_nationkey BIGINT NOT NULL distinct=25 from 0 to 24",
            "s_phone VARCHAR(15) NOT NULL distinct=10000",
            "s_acctbal DECIMAL(15,2) NOT NULL distinct=9900 from -999 to 9999",
            "s_comment VARCHAR(101) NOT NULL")
        .table(
            "nation",
            25,
            "n_nationkey BIGINT NOT NULL distinct=25 from 0 to 24",
            "n_name VARCHAR(25) NOT NULL distinct=25",
            "n_regionkey BIGINT NOT NULL distinct=5 from 0 to 4",
            "n_comment VARCHAR(152) NOT NULL")
        .table(
            "region",
            5,
            "r_regionkey BIGINT NOT NULL distinct=5 from 0 to 4",
            "r_name VARCHAR(25) NOT NULL distinct=5",
            "r_comment VARCHAR(152) NOT NULL");
  }

  /** The text of query {@code number}, 1 to 22. */
  static String query(int number) {
    Path directory =
        Path.of(System.getProperty("tidemill.project.directory"))
            .resolve("tpch-tests/src/main/resources/dev/tidemill/tpch");
    try {
      return Files.readString(directory.resolve(String.format(Locale.ROOT, "q%02d.sql", number)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
