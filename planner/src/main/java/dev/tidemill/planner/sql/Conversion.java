package dev.tidemill.planner.sql;

import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.jspecify.annotations.Nullable;

/** Calcite's conversion, which remembers where subqueries stand: their plans do not know. */
final class Conversion extends SqlToRelConverter {
  private final Map<RelNode, SqlParserPos> queries;

  /**
   * @param queries takes the place of each query by its plan, which is looked up by identity
   */
  Conversion(
      SqlValidator validator,
      Prepare.CatalogReader reader,
      RelOptCluster cluster,
      Config config,
      Map<RelNode, SqlParserPos> queries) {
    super(
        (type, text, path, view) -> {
          throw new UnsupportedOperationException(text);
        },
        validator,
        reader,
        cluster,
        new Convertlets(),
        config);
    this.queries = queries;
  }

  @Override
  protected RelRoot convertQueryRecursive(
      SqlNode query, boolean top, @Nullable RelDataType targetRowType) {
    RelRoot root = super.convertQueryRecursive(query, top, targetRowType);
    queries.put(root.rel, query.getParserPosition());
    return root;
  }
}
