package dev.tidemill.planner.sql;

import dev.tidemill.storage.catalog.CatalogEntry;
import java.util.List;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.plan.RelOptSchema;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelDistribution;
import org.apache.calcite.rel.RelDistributions;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelReferentialConstraint;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ColumnStrategy;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.Wrapper;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlAccessType;
import org.apache.calcite.sql.validate.SqlModality;
import org.apache.calcite.sql.validate.SqlMonotonicity;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** A table or a view as Calcite sees it. */
public final class CatalogTable extends Prepare.AbstractPreparingTable {
  private final String name;
  private final @Nullable CatalogEntry entry;
  private final RelDataType rowType;
  private final @Nullable RelNode view;
  private final Holder holder = new Holder();

  /**
   * @param name unique within a compilation: what Calcite looks it up by once it has been found
   * @param entry null for the row that an expression is compiled over
   * @param view the plan of a view, else null
   */
  CatalogTable(
      String name, @Nullable CatalogEntry entry, RelDataType rowType, @Nullable RelNode view) {
    this.name = name;
    this.entry = entry;
    this.rowType = rowType;
    this.view = view;
  }

  public @Nullable CatalogEntry entry() {
    return entry;
  }

  @Override
  public List<String> getQualifiedName() {
    return List.of(name);
  }

  @Override
  public RelDataType getRowType() {
    return rowType;
  }

  @Override
  public RelNode toRel(ToRelContext context) {
    return view != null
        ? view
        : LogicalTableScan.create(context.getCluster(), this, context.getTableHints());
  }

  @Override
  public double getRowCount() {
    return 100;
  }

  @Override
  public @Nullable RelOptSchema getRelOptSchema() {
    return null;
  }

  @Override
  public List<RelCollation> getCollationList() {
    return List.of();
  }

  @Override
  public RelDistribution getDistribution() {
    return RelDistributions.ANY;
  }

  @Override
  public boolean isKey(ImmutableBitSet columns) {
    return false;
  }

  @Override
  public List<ImmutableBitSet> getKeys() {
    return List.of();
  }

  @Override
  public List<RelReferentialConstraint> getReferentialConstraints() {
    return List.of();
  }

  @Override
  public @Nullable Expression getExpression(Class type) {
    return null;
  }

  @Override
  public List<ColumnStrategy> getColumnStrategies() {
    return rowType.getFieldList().stream().map(f -> ColumnStrategy.NULLABLE).toList();
  }

  @Override
  protected Prepare.AbstractPreparingTable extend(Table extendedTable) {
    throw new UnsupportedOperationException("EXTEND");
  }

  @Override
  public boolean supportsModality(SqlModality modality) {
    return modality == SqlModality.RELATION;
  }

  @Override
  public boolean isTemporal() {
    return false;
  }

  @Override
  public SqlMonotonicity getMonotonicity(String columnName) {
    return SqlMonotonicity.NOT_MONOTONIC;
  }

  @Override
  public SqlAccessType getAllowedAccess() {
    return SqlAccessType.READ_ONLY;
  }

  @Override
  public <C> @Nullable C unwrap(Class<C> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return type.isAssignableFrom(Holder.class) ? type.cast(holder) : null;
  }

  /** As Calcite's schemas keep tables. */
  Table asTable() {
    return holder;
  }

  private final class Holder extends AbstractTable implements Wrapper {
    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
      return rowType;
    }

    @Override
    public <C> @Nullable C unwrap(Class<C> type) {
      return type.isInstance(CatalogTable.this) ? type.cast(CatalogTable.this) : super.unwrap(type);
    }
  }
}
