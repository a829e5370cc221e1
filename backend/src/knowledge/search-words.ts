/** Words that are in nearly every sentence, English and German: they tell passages apart by chance only. */
const stopWords = new Set(
  (
    'a about all am an and any are as at be been but by can could did do does for from get had has have how i if in into is it its just may me much many my no not of on or our out ' +
    'shall should so some than that the their them then there these they this to us was we were what when where which who whom why will with would you your ' +
    'aber als am an auch auf aus bei bis da das dass dem den der des die dies diese du ein eine einem einen einer er es für hat haben ich ihr im in ist kann können mein mit nach ' +
    'nicht noch nur oder sein sich sie sind so und uns unser vom von vor wann war was welche wenn wer wie wir wird wo zu zum zur über'
  ).split(' '),
)

const wordsMax = 5000

/** Words of a text in lower case, without stop words; all of them when it has no others. */
export function searchWords(text: string): string[] {
  const words = (
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, wordsMax)
  const telling = words.filter((word) => !stopWords.has(word))
  return telling.length > 0 ? telling : words
}

/** Endings that forms of one word differ in, cut off where enough is left. */
export function stemOf(word: string): string {
  if (word.length < 5) return word.length === 4 && word.endsWith('s') ? word.slice(0, 3) : word
  const stem = word.replace(/(?:ations?|ments?|ings?|ness|ers?|ies|ied|ed|es|en|em|ly|s|y|e)$/, '')
  return stem.length >= 3 ? stem : word
}
