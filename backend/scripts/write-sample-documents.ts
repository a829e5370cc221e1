import { writeFile } from 'node:fs/promises'
import { docxOf, pdfOf } from '../test/support/document-fixtures.ts'

/** Writes the two sample files that are no plain text. Run it after a change of their words. */

const folder = new URL('../src/knowledge/samples/', import.meta.url)

const returns = pdfOf([
  [
    'Oakline: returns and refunds',
    '',
    'You may return unopened packages within 30 days of delivery. Opened packages,',
    'planks that were cut and articles made to measure cannot be returned.',
    '',
    'How to return',
    'Write to returns@oakline.example with the order number and the number of packages.',
    'We send you a label for parcels, or a day on which the carrier collects pallets.',
    'Collecting a pallet costs 49 euros; it is free if we delivered the wrong article.',
  ],
  [
    'Refunds',
    'We refund the price within 10 working days after the packages have arrived and were',
    'looked at. The money goes back the way it came: card, bank transfer or invoice.',
    'Delivery costs are refunded only when the whole order is returned.',
    '',
    'Complaints',
    'A floor that was laid although its fault could be seen cannot be taken back.',
    'For faults that show later the warranty of 15 years on the wear layer applies.',
  ],
])

const faq = docxOf([
  '# Frequently asked questions',
  'Answers that the Oakline showroom gives most often.',
  '# Can I get samples?',
  'Up to five samples are free of charge. They arrive by letter within 3 days and need not be sent back.',
  '# How much should I order?',
  'Measure the room and add 8 percent for cuttings, 12 percent for a herringbone pattern.',
  '# Do the floors suit underfloor heating?',
  'Oak and ash planks up to 15 mm and all vinyl planks do. Cork tiles and planks of 20 mm do not.',
  '# Can I lay the floor myself?',
  'Vinyl planks with the click system, yes: a room of 20 square metres takes two people a day. Planks that are glued down should be laid by a floor layer.',
  '# How can I pay?',
  'By card, by bank transfer in advance, or by invoice within 14 days for business customers. Orders above 2,000 euros can be paid in three instalments.',
  '# Is the wood certified?',
  'All oak and ash comes from certified forests within 600 km of our mill. The certificate number is printed on every package.',
])

await writeFile(new URL('returns.pdf', folder), returns)
await writeFile(new URL('faq.docx', folder), faq)
