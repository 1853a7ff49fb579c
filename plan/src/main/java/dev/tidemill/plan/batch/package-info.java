/**
 * Batch plans: what is to be computed over a finite input, as data. Start with {@link
 * dev.tidemill.plan.batch.BatchPlan}.
 */
@NullMarked
package dev.tidemill.plan.batch;

import org.jspecify.annotations.NullMarked;
