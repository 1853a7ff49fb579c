package dev.tidemill.planner.sql;

import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeUtil;
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

  /**
   * Converts a validated query. Whether a column may be NULL is looked at again afterwards, by
   * types of our own: Calcite's validation takes {@code CASE WHEN (query) IS NOT NULL THEN (query)}
   * for never NULL, and its conversion does not where the queries name rows of their own.
   *
   * @param top whether it is a whole statement's: that may have further columns, for its order
   */
  RelNode convert(SqlNode query, boolean top) {
    RelNode converted = convertQueryRecursive(query, top, null).rel;
    List<RelDataType> found = types(converted.getRowType());
    List<RelDataType> expected = types(validator.getValidatedNodeType(query));
    boolean same = found.size() >= expected.size();
    for (int i = 0; same && i < expected.size(); i++) {
      same = SqlTypeUtil.equalSansNullability(typeFactory, found.get(i), expected.get(i));
    }
    if (!same) {
      throw new AssertionError("validated as " + expected + " but converted to " + found);
    }
    return converted;
  }

  private static List<RelDataType> types(RelDataType row) {
    return row.getFieldList().stream().map(RelDataTypeField::getType).toList();
  }
}
